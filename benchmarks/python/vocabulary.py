"""Makes a folder with one BF16 embedding of 151,936 x 2,560 numbers and a Llama configuration: Gaussian rows whose
variances fall along the dimensions, some common direction, and norms that spread. Seed 1.

    python3 benchmarks/python/vocabulary.py FOLDER [ROWS COLUMNS]
"""

import json
import os
import struct
import sys

import numpy as np

folder = sys.argv[1]
rows, columns = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else (151936, 2560)
os.makedirs(folder, exist_ok=True)
rng = np.random.default_rng(1)
scale = (0.03 / np.sqrt(1 + np.arange(columns) / 50)).astype(np.float32)
common = 0.01 * rng.standard_normal(columns, dtype=np.float32)
name = "model.embed_tokens.weight"
size = 2 * rows * columns
header = json.dumps({name: {"dtype": "BF16", "shape": [rows, columns], "data_offsets": [0, size]}}).encode()
header += b" " * (-len(header) % 8)
with open(os.path.join(folder, "model.safetensors"), "wb") as out:
    out.write(struct.pack("<Q", len(header)) + header)
    for first in range(0, rows, 4096):
        n = min(4096, rows - first)
        x = rng.standard_normal((n, columns), dtype=np.float32) * scale
        x *= np.exp(0.2 * rng.standard_normal((n, 1), dtype=np.float32))
        x += common
        out.write((x.view(np.uint32) >> 16).astype("<u2").tobytes())
with open(os.path.join(folder, "config.json"), "w") as out:
    json.dump({"model_type": "llama", "vocab_size": rows, "hidden_size": columns, "num_hidden_layers": 1,
               "num_attention_heads": 20, "tie_word_embeddings": True}, out)
