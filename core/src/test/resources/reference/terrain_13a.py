"""Seed 003 section 13a on the embeddings of two checkpoints, written from its text: what the notebook prints, with its
float types, torch's standard deviation (ddof 1) and NumPy's draws in its order. Made with torch 1.13, NumPy 1.24, SciPy 1.10:

    python3 terrain_13a.py CHECKPOINTS > terrain_13a.json
"""
import json, math, struct, sys
import numpy as np
import torch
from scipy.spatial.distance import pdist

COSINES, DISTANCES, ROWS, SIMPLICES, SEED = 1500, 800, 10000, 400, 42
PERCENT = [1, 5, 25, 50, 75, 95, 99]
NEAR = [0.0, 0.1, 0.2, 0.29514, 0.3, 0.5, 0.7, 0.9]


def tensor(path, name):
    with open(path, "rb") as f:
        length, = struct.unpack("<Q", f.read(8))
        entry = json.loads(f.read(length))[name]
        begin, end = entry["data_offsets"]
        f.seek(8 + length + begin)
        return torch.from_numpy(np.frombuffer(f.read(end - begin), {"F16": "<f2", "F32": "<f4"}[entry["dtype"]])
                                .reshape(entry["shape"]).astype(np.float32))


def volume_squared(p):
    n = len(p)
    D = np.zeros((n + 1, n + 1))
    D[0, 1:] = D[1:, 0] = 1
    for i in range(n):
        for j in range(i + 1, n):
            D[i + 1, j + 1] = D[j + 1, i + 1] = np.sum((p[i] - p[j]) ** 2)
    k = n - 1
    return (-1) ** (k + 1) * np.linalg.det(D) / (2 ** k * math.factorial(k) ** 2)


def volumes(sets):
    squared = [volume_squared(p) for p in sets]
    return np.array([math.sqrt(v) for v in squared if v > 0])


def spread(v):
    return dict(count=len(v), mean=v.mean(), std=v.std(), min=v.min(), max=v.max(), median=np.median(v))


def terrain(E):
    V, d = E.shape
    norms = E.norm(dim=1)
    out = {"norm": dict(
        mean=norms.mean(), std=norms.std(), min=norms.min(), max=norms.max(), argmin=norms.argmin(),
        argmax=norms.argmax(), median=norms.median(), zero=(norms < 1e-6).sum(),
        pct={p: torch.quantile(norms, p / 100.0) for p in PERCENT})}
    means, stds = E.mean(dim=0), E.std(dim=0)
    out["dim"] = dict(mean_of_means=means.mean(), mean_of_stds=stds.mean(), std_of_means=means.std(),
                      std_of_stds=stds.std())

    rng = np.random.default_rng(SEED)
    n = min(COSINES, V)
    S = E[rng.choice(V, size=n, replace=False)]
    S = S / S.norm(dim=1, keepdim=True).clamp(min=1e-8)
    i = torch.triu_indices(n, n, offset=1)
    cos = (S @ S.T)[i[0], i[1]].numpy()
    out["cos"] = dict(spread(cos), pct={p: np.percentile(cos, p) for p in PERCENT},
                      nearest_029514=np.abs(cos - 0.29514).min(),
                      within={t: (np.abs(cos - t) < 0.01).mean() for t in NEAR})

    dist = pdist(E[rng.choice(V, size=min(DISTANCES, V), replace=False)].numpy(), metric="euclidean")
    out["dist"] = dict(spread(dist), mean_over_root=(dist / np.sqrt(d)).mean(), std_over_root=(dist / np.sqrt(d)).std())

    n = min(ROWS, V)
    P = E[rng.choice(V, size=n, replace=False)].numpy()
    C = P - P.mean(axis=0)
    values = np.linalg.eigvalsh((C.T @ C) / (n - 1))[::-1].astype(np.float64)
    share = np.cumsum(values) / values.sum()
    out["eig"] = dict(rows=n, total=values.sum(), top20=values[:20].tolist(),
                      dims={t: np.searchsorted(share, t) + 1 for t in (0.8, 0.9, 0.95, 0.99)},
                      pr=values.sum() ** 2 / (values ** 2).sum())

    A = E.numpy()
    v = volumes([A[rng.choice(V, size=5, replace=False)] for _ in range(SIMPLICES)])
    g = volumes([rng.standard_normal((5, d)) * stds.numpy() for _ in range(SIMPLICES)])
    out["simplex"] = dict(spread(v), cv=v.std() / v.mean(), random_mean=g.mean(), ratio=v.mean() / g.mean())
    return out


def against(E, H):
    cos = torch.nn.functional.cosine_similarity(E, H, dim=1)
    return dict(mean=cos.mean(), std=cos.std(), min=cos.min(), max=cos.max(), embedding=E.norm(), head=H.norm(),
                difference=(E - H).norm(), relative=(E - H).norm() / E.norm())


if __name__ == "__main__":
    stories = tensor(sys.argv[1] + "/tinystories-656k-llama/model.safetensors", "lm_head.weight")
    mt3 = sys.argv[1] + "/mt3-t5/model.safetensors"
    embedding = tensor(mt3, "decoder.embed_tokens.weight")
    json.dump({
        "made_with": "torch %s, numpy %s" % (torch.__version__, np.__version__),
        "tinystories-656k-llama/lm_head.weight": terrain(stories),
        "mt3-t5/decoder.embed_tokens.weight": terrain(embedding),
        "mt3-t5 embedding against head": against(embedding, tensor(mt3, "lm_head.weight")),
    }, sys.stdout, indent=1, default=lambda x: x.item())
    print()
