"""Makes the files of this folder: small torch, NumPy and GGUF files with known numbers.

Run with PyTorch 1.13 and NumPy: python3 make.py. Every array holds v[i] = (i % 17 - 8) / 4 in row-major
order of the finished array unless said otherwise, so that a test can say what it expects.
"""

import struct
from collections import OrderedDict

import numpy as np
import torch


def values(*shape):
    n = int(np.prod(shape, dtype=np.int64))
    return ((np.arange(n) % 17 - 8) / 4).reshape(shape)


def tensor(dtype, *shape):
    return torch.from_numpy(values(*shape)).to(dtype)


TYPES = [
    "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
]


def torch_files():
    state = OrderedDict((name, tensor(getattr(torch, name), 3, 5)) for name in TYPES)
    state["uint8"] = torch.arange(15, dtype=torch.uint8).reshape(3, 5)
    torch.save(state, "types.pt")

    base = tensor(torch.float32, 4, 6)
    shared = torch.nn.Parameter(tensor(torch.float32, 5, 3))
    flat = tensor(torch.float32, 24)
    torch.save(
        OrderedDict([
            ("tied.a", shared),
            ("tied.b", shared),
            ("transposed", base.t()),            # shape (6, 4), strides (1, 6)
            ("rows", base[1:3]),                 # offset 6 in the same storage
            ("column", base[:, 2]),              # offset 2, stride 6
            ("every.other", base[::2, ::3]),     # strides (12, 3)
            ("permuted", flat.reshape(2, 3, 4).permute(2, 0, 1)),
            ("scalar", torch.tensor(2.5)),
            ("empty", torch.zeros(0, 3)),
        ]),
        "views.pt",
    )

    net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    for i, p in enumerate(net.parameters()):
        p.data = tensor(torch.float32, *p.shape) + i
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.ones(4, 3)).sum().backward()
    optimizer.step()
    for i, p in enumerate(net.parameters()):
        p.data = tensor(torch.float32, *p.shape) + i
    training = {
        "epoch": 3,
        "state_dict": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "best": 0.25,
        "name": "run",
        "big": 1 << 80,
        "shape": torch.Size([2, 3]),
    }
    torch.save(training, "training.pth")
    torch.save(training, "protocol4.pt", pickle_protocol=4)
    torch.save(tensor(torch.float32, 2, 4), "bare.pt")
    torch.save(state, "legacy.pt", _use_new_zipfile_serialization=False)
    quantised = torch.quantize_per_tensor(tensor(torch.float32, 2, 4), 0.25, 0, torch.qint8)
    torch.save({"plain": tensor(torch.float32, 2), "q": quantised}, "quantised.pt")
    torch.save({"c": torch.zeros(2, dtype=torch.complex64)}, "complex.pt")
    torch.save({"e": torch.tensor([1.5]).expand(1000)}, "expanded.pt")
    torch.jit.script(torch.nn.Linear(2, 2)).save("script.pt")


def numpy_files():
    np.save("c.npy", values(3, 5).astype("<f4"))
    np.save("fortran.npy", np.asfortranarray(values(3, 5).astype("<f8")))
    np.save("big-endian.npy", values(3, 5).astype(">f4"))
    np.save("objects.npy", np.array([{}, None], dtype=object))
    arrays = {name: values(3, 5).astype(name) for name in TYPES if name not in ("bfloat16", "uint8")}
    arrays["uint64"] = np.array([1, 2**63], dtype=np.uint64)
    arrays["layers.0/kernel:0"] = np.asfortranarray(values(2, 3, 4).astype("f4"))
    arrays["scalar"] = np.float32(2.5)
    arrays["vector"] = values(3).astype("f4")
    np.savez("stored.npz", **arrays)
    np.savez_compressed("deflated.npz", **arrays)


def half(x):
    return np.float16(x).tobytes()


def blocks(kind, rng, count):
    """Blocks of random codes, and the float32 numbers that they stand for by the plain formula."""
    raw, numbers = b"", []
    for _ in range(count):
        d, m = np.float16(rng.uniform(-2, 2)), np.float16(rng.uniform(-2, 2))
        if kind == 8:
            q = rng.integers(-128, 128, 32)
            raw += half(d) + q.astype(np.int8).tobytes()
            numbers += [np.float32(d) * np.float32(x) for x in q]
            continue
        bits = 4 if kind in (2, 3) else 5
        q = rng.integers(0, 1 << bits, 32)
        offset = kind in (3, 7)
        raw += half(d) + (half(m) if offset else b"")
        if bits == 5:
            raw += struct.pack("<I", sum(int(x >> 4) << i for i, x in enumerate(q)))
        raw += bytes(int(q[i] & 15) | int(q[i + 16] & 15) << 4 for i in range(16))
        for x in q:
            if offset:
                numbers.append(np.float32(np.float32(d) * np.float32(x)) + np.float32(m))
            else:
                numbers.append(np.float32(d) * np.float32(int(x) - (1 << (bits - 1))))
    return raw, np.array(numbers, dtype=np.float32)


def text(s):
    b = s.encode()
    return struct.pack("<Q", len(b)) + b


def gguf(path, version, metadata, tensors):
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    for key, kind, value in metadata:
        head += text(key) + struct.pack("<I", kind)
        if kind == 8:
            head += text(value)
        elif kind == 9:
            head += struct.pack("<IQ", 8, len(value)) + b"".join(text(v) for v in value)
        else:
            head += struct.pack({4: "<I", 6: "<f", 7: "<?"}[kind], value)
    data = b""
    for name, dims, kind, raw in tensors:
        data += b"\0" * (-len(data) % 32)
        head += text(name) + struct.pack("<I", len(dims)) + struct.pack("<%dQ" % len(dims), *dims)
        head += struct.pack("<IQ", kind, len(data))
        data += raw
    head += b"\0" * (-len(head) % 32)
    with open(path, "wb") as f:
        f.write(head + data)


def gguf_files():
    rng = np.random.default_rng(1)
    tensors, expected = [], {}
    for name, kind in (("q8_0", 8), ("q4_0", 2), ("q4_1", 3), ("q5_0", 6), ("q5_1", 7)):
        raw, numbers = blocks(kind, rng, 6)
        tensors.append((name, (64, 3), kind, raw))
        expected[name] = numbers.reshape(3, 64)
    for name, kind, dtype in (("f32", 0, "<f4"), ("f16", 1, "<f2"), ("f64", 28, "<f8")):
        tensors.append((name, (5, 3), kind, values(3, 5).astype(dtype).tobytes()))
        expected[name] = values(3, 5).astype("<f4")
    bf16 = values(3, 5).astype("<f4").view("<u4") >> 16
    tensors.append(("bf16", (5, 3), 30, bf16.astype("<u2").tobytes()))
    expected["bf16"] = values(3, 5).astype("<f4")
    gguf("blocks.gguf", 2, [("general.architecture", 8, "mamba")], tensors)
    np.savez("blocks.npz", **expected)

    # A Llama of 2 heads of width 4 with 1 key head, written as llama.cpp writes it.
    def permute(w, heads):
        rows = w.shape[0]
        return w.reshape(heads, 2, rows // heads // 2, -1).swapaxes(1, 2).reshape(w.shape)

    hf = {
        "model.embed_tokens.weight": values(7, 8),
        "model.norm.weight": values(8),
        "model.layers.0.input_layernorm.weight": values(8) + 1,
        "model.layers.0.post_attention_layernorm.weight": values(8) + 2,
        "model.layers.0.self_attn.q_proj.weight": values(8, 8) + 3,
        "model.layers.0.self_attn.q_proj.bias": values(8) + 4,
        "model.layers.0.self_attn.k_proj.weight": values(4, 8) + 5,
        "model.layers.0.self_attn.v_proj.weight": values(4, 8) + 6,
        "model.layers.0.self_attn.o_proj.weight": values(8, 8) + 7,
        "model.layers.0.mlp.gate_proj.weight": values(12, 8) + 8,
        "model.layers.0.mlp.up_proj.weight": values(12, 8) + 9,
        "model.layers.0.mlp.down_proj.weight": values(8, 12) + 10,
    }
    hf = {k: v.astype("<f4") for k, v in hf.items()}
    own = {
        "model.embed_tokens": "token_embd", "model.norm": "output_norm",
        "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
        "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down", "model.layers": "blk",
    }
    tensors = []
    for name, w in hf.items():
        heads = 2 if "q_proj" in name else 1 if "k_proj" in name else 0
        stored = permute(w, heads) if heads else w
        for a, b in own.items():
            name = name.replace(a, b)
        tensors.append((name, stored.shape[::-1], 0, stored.astype("<f4").tobytes()))
    metadata = [
        ("general.architecture", 8, "llama"),
        ("llama.block_count", 4, 1),
        ("llama.embedding_length", 4, 8),
        ("llama.feed_forward_length", 4, 12),
        ("llama.attention.head_count", 4, 2),
        ("llama.attention.head_count_kv", 4, 1),
        ("llama.attention.layer_norm_rms_epsilon", 6, 1e-6),
        ("llama.vocab_size", 4, 7),
        ("tokenizer.ggml.tokens", 9, ["<unk>", "a", "b"]),
        ("tokenizer.ggml.add_bos_token", 7, True),
    ]
    gguf("llama.gguf", 3, metadata, tensors)
    np.savez("llama.npz", **hf)


if __name__ == "__main__":
    torch.manual_seed(0)
    torch_files()
    numpy_files()
    gguf_files()
