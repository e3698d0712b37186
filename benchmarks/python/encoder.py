"""The encoder of a T5 in plain PyTorch: the layers one after the other, as the transformers library runs
them. Reads a line, runs one batch, answers with the seconds and the norm of the last state.

Usage: encoder.py MODEL.safetensors SEQUENCES TOKENS THREADS"""

import json
import math
import struct
import sys
import time

import numpy as np
import torch

path, sequences, tokens, threads = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(threads)
with open(path, "rb") as f:
    (size,) = struct.unpack("<Q", f.read(8))
    header = json.loads(f.read(size))
data = np.memmap(path, np.uint8, "r", 8 + size)
w = {
    name: torch.from_numpy(np.array(data[t["data_offsets"][0] : t["data_offsets"][1]]).view(np.float32).reshape(t["shape"]))
    for name, t in header.items()
    if name.startswith("encoder.") or name == "shared.weight"
}
LAYERS = 1 + max(int(n.split(".")[2]) for n in w if ".block." in n)
BIAS = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
BUCKETS, HEADS = w[BIAS].shape


def norm(x, name):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * w[name]


def position_bias(n):
    distance = torch.arange(n)[None, :] - torch.arange(n)[:, None]
    half, exact = BUCKETS // 2, BUCKETS // 4
    side = (distance > 0).long() * half
    distance = distance.abs()
    far = exact + (torch.log(distance.float() / exact) / math.log(128 / exact) * (half - exact)).long()
    bucket = side + torch.where(distance < exact, distance, far.clamp(max=half - 1))
    return w[BIAS][bucket].permute(2, 0, 1).unsqueeze(0)


def heads(x):
    return x.view(sequences, tokens, HEADS, -1).transpose(1, 2)


@torch.no_grad()
def encoder(ids):
    x = torch.nn.functional.embedding(ids, w["shared.weight"])
    bias = position_bias(tokens)
    for i in range(LAYERS):
        at = f"encoder.block.{i}.layer."
        h = norm(x, at + "0.layer_norm.weight")
        q, k, v = (heads(torch.nn.functional.linear(h, w[f"{at}0.SelfAttention.{p}.weight"])) for p in "qkv")
        p = torch.softmax(torch.matmul(q, k.transpose(3, 2)) + bias, -1)
        y = torch.matmul(p, v).transpose(1, 2).reshape(sequences, tokens, -1)
        x = x + torch.nn.functional.linear(y, w[at + "0.SelfAttention.o.weight"])
        h = norm(x, at + "1.layer_norm.weight")
        h = torch.relu(torch.nn.functional.linear(h, w[at + "1.DenseReluDense.wi.weight"]))
        x = x + torch.nn.functional.linear(h, w[at + "1.DenseReluDense.wo.weight"])
    return norm(x, "encoder.final_layer_norm.weight")


ids = torch.arange(sequences * tokens).mul(7919).remainder(w["shared.weight"].shape[0]).view(sequences, tokens)
for _ in sys.stdin:
    start = time.perf_counter()
    last = encoder(ids)
    print(time.perf_counter() - start, last.double().norm().item(), flush=True)
