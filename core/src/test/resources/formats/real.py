"""Digests of the real checkpoints, decoded without this project: python3 real.py CHECKPOINTS > real.txt

A line per tensor: folder/file, name, SHA-256 of its elements as little-endian float32 in row-major order.
Safetensors and GGUF are read here by hand with NumPy, torch files by PyTorch. GGUF's rows of queries and keys
are put back into the order of the transformers library: the inverse of llama.cpp's LlamaModel.permute.
"""

import hashlib
import json
import struct
import sys

import numpy as np
import torch


def safetensors(path):
    raw = open(path, "rb").read()
    n = struct.unpack_from("<Q", raw)[0]
    for name, e in json.loads(raw[8:8 + n]).items():
        if name == "__metadata__":
            continue
        begin, end = (8 + n + o for o in e["data_offsets"])
        if e["dtype"] == "BF16":
            x = (np.frombuffer(raw[begin:end], "<u2").astype("<u4") << 16).view("<f4")
        else:
            x = np.frombuffer(raw[begin:end], {"F32": "<f4", "F16": "<f2"}[e["dtype"]])
        yield name, x.reshape(e["shape"])


def torch_file(path):
    for name, x in torch.load(path, map_location="cpu").items():
        yield name, x.numpy()


def gguf(path):
    raw = open(path, "rb").read()
    at = 24
    sizes = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}

    def number(form):
        nonlocal at
        at += struct.calcsize(form)
        return struct.unpack_from(form, raw, at - struct.calcsize(form))[0]

    def text():
        nonlocal at
        n = number("<Q")
        at += n
        return raw[at - n:at].decode()

    def value(kind):
        nonlocal at
        if kind == 8:
            return text()
        if kind == 9:
            inner, n = number("<I"), number("<Q")
            return [value(inner) for _ in range(n)]
        if kind == 4:
            return number("<I")
        at += sizes[kind]

    tensors, entries = struct.unpack_from("<QQ", raw, 8)
    metadata = {}
    for _ in range(entries):
        key = text()
        metadata[key] = value(number("<I"))
    infos = []
    for _ in range(tensors):
        name = text()
        dims = [number("<Q") for _ in range(number("<I"))]
        infos.append((name, dims[::-1], number("<I"), number("<Q")))
    start = (at + 31) // 32 * 32
    heads = {"q": metadata["llama.attention.head_count"], "k": metadata["llama.attention.head_count_kv"]}
    for name, shape, kind, offset in infos:
        n = int(np.prod(shape))
        if kind == 0:
            x = np.frombuffer(raw, "<f4", n, start + offset).reshape(shape)
        else:
            assert kind == 8
            b = np.frombuffer(raw, np.dtype([("d", "<f2"), ("q", "i1", 32)]), n // 32, start + offset)
            x = (b["d"].astype("<f4")[:, None] * b["q"].astype("<f4")).reshape(shape)
        for letter, count in heads.items():
            if name.endswith("attn_%s.weight" % letter):
                half = shape[0] // count // 2
                x = x.reshape(count, half, 2, -1).swapaxes(1, 2).reshape(shape)
        yield transformers_name(name), x


def transformers_name(name):
    whole = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}
    parts = {
        "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }
    words = name.split(".")
    if words[0] == "blk":
        return "model.layers.%s.%s.weight" % (words[1], parts[words[2]])
    return whole[words[0]] + ".weight"


if __name__ == "__main__":
    for path, reader in (
        ("tinystories-656k-llama/model.safetensors", safetensors),
        ("tinystories-656k-bf16-derived/model.safetensors", safetensors),
        ("tinystories-656k-gguf/TinyStories-656K-Q8_0.gguf", gguf),
        ("tinypellm-mqa/pytorch_model.bin", torch_file),
        ("tinypellm-mqa/tinypellm_model.pt", torch_file),
    ):
        for name, x in sorted(reader(sys.argv[1] + "/" + path)):
            raw = np.ascontiguousarray(x, "<f4").tobytes()
            print(path, name, hashlib.sha256(raw).hexdigest())
