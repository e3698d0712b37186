"""An encoder of BERT's kind in plain PyTorch: the layers one after the other, as the transformers library
runs them. Reads a line, runs all batches, answers with the seconds and a sum over the last states.

Usage: glosses.py MODEL.safetensors IDS HEADS THREADS   (IDS: a line per batch, rows parted by ';')"""

import json
import math
import struct
import sys
import time

import numpy as np
import torch

path, batches, heads, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:5])
torch.set_num_threads(threads)
with open(path, "rb") as f:
    (size,) = struct.unpack("<Q", f.read(8))
    header = json.loads(f.read(size))
data = np.memmap(path, np.uint8, "r", 8 + size)
w = {
    name[name.find("embeddings") if name.find("embeddings") >= 0 else name.find("encoder") :]: torch.from_numpy(
        np.array(data[t["data_offsets"][0] : t["data_offsets"][1]]).view(np.float32).reshape(t["shape"])
    )
    for name, t in header.items()
    if name != "__metadata__"
}
LAYERS = 1 + max(int(n.split(".")[2]) for n in w if n.startswith("encoder.layer."))
linear = lambda x, name: torch.nn.functional.linear(x, w[name + ".weight"], w[name + ".bias"])
norm = lambda x, name: torch.nn.functional.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], 1e-12)


@torch.no_grad()
def encoder(ids, mask):
    n, tokens = ids.shape
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:tokens]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    bias = torch.where(mask, 0.0, torch.finfo(torch.float32).min)[:, None, None, :]
    apart = lambda y: y.view(n, tokens, heads, -1).transpose(1, 2)
    for i in range(LAYERS):
        at = f"encoder.layer.{i}."
        q, k, v = (apart(linear(x, at + "attention.self." + p)) for p in ("query", "key", "value"))
        p = torch.softmax(torch.matmul(q, k.transpose(3, 2)) / math.sqrt(q.shape[-1]) + bias, -1)
        y = torch.matmul(p, v).transpose(1, 2).reshape(n, tokens, -1)
        x = norm(x + linear(y, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        h = torch.nn.functional.gelu(linear(x, at + "intermediate.dense"))
        x = norm(x + linear(h, at + "output.dense"), at + "output.LayerNorm")
    return x


all_batches = []
for line in open(batches):
    rows = [[int(i) for i in row.split()] for row in line.split(";")]
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
    mask = torch.zeros_like(ids, dtype=torch.bool)
    for b, row in enumerate(rows):
        ids[b, : len(row)] = torch.tensor(row)
        mask[b, : len(row)] = True
    all_batches.append((ids, mask))
for _ in sys.stdin:
    start = time.perf_counter()
    total = 0.0
    for ids, mask in all_batches:
        last = encoder(ids, mask) * mask[:, :, None]
        total += (last.abs().double().sum((1, 2)) / mask.sum(1)).sum().item()
    print(time.perf_counter() - start, total, flush=True)
