"""What a Python user runs for the seed's spectra and sparsity of a T5 checkpoint (seed 003 section 4).

Usage: weights.py MODEL.safetensors
PyTorch's float32 svdvals on every block matrix, then the shares of small entries by component,
concatenated as the notebook does it. Set OPENBLAS_NUM_THREADS to the cores, and OPENBLAS_CORETYPE where
the OpenBLAS of the distribution does not know the processor.
"""
import json
import os
import struct
import sys
from collections import defaultdict

import numpy as np
import torch

TYPES = {"F64": np.float64, "F32": np.float32, "F16": np.float16}
THRESHOLDS = (1e-6, 1e-4, 1e-3, 1e-2, 1e-1)


def tensors(path):
    with open(path, "rb") as f:
        length = struct.unpack("<Q", f.read(8))[0]
        header = json.loads(f.read(length))
    data = np.memmap(path, mode="r", dtype=np.uint8, offset=8 + length)
    for name, t in header.items():
        if name != "__metadata__":
            begin, end = t["data_offsets"]
            values = data[begin:end].view(TYPES[t["dtype"]]).reshape(t["shape"])
            yield name, torch.from_numpy(np.array(values, np.float32))


def component(name):
    parts = name.split(".")
    for part in ("SelfAttention", "EncDecAttention", "DenseReluDense"):
        if part in parts:
            return part + "." + parts[parts.index(part) + 1]
    return "norm" if "layer_norm" in name else "embedding"


def main(path):
    groups = defaultdict(list)
    spectra = {}
    for name, weight in tensors(path):
        kind = component(name)
        groups[kind].append(weight)
        if weight.dim() != 2 or "." not in kind or "bias" in name:
            continue
        s = torch.linalg.svdvals(weight).numpy().astype(np.float64)
        spectra[name] = {
            "stable_rank": (s**2).sum() / s[0] ** 2,
            "participation_ratio": s.sum() ** 2 / (s**2).sum(),
            "active_share": (s > 0.01 * s[0]).mean(),
            "rank90": int(np.searchsorted(np.cumsum(s) / s.sum(), 0.9) + 1),
            "condition": s[0] / (s[-1] + 1e-10),
        }
    sparsity = {}
    for kind, weights in groups.items():
        magnitudes = torch.cat([w.abs().flatten() for w in weights])
        sparsity[kind] = [(magnitudes < t).sum().item() / len(magnitudes) for t in THRESHOLDS]
    json.dump({"spectra": spectra, "sparsity": sparsity}, sys.stdout)


if __name__ == "__main__":
    torch.set_num_threads(os.cpu_count())
    main(sys.argv[1])
