"""The seeds' figures and the sound ones on checkpoints that come along, by their formulas (METHODS.md) in float64, plainly:
nothing of Orograph takes part. Made with NumPy:

    python3 samples.py ../../../../../samples/checkpoints > samples.json
"""
import json, math, struct, sys
import numpy as np

def load(path):
    with open(path, "rb") as f:
        length, = struct.unpack("<Q", f.read(8))
        header, data = json.loads(f.read(length)), f.read()
    def values(dtype, piece):
        if dtype == "BF16":
            return (np.frombuffer(piece, "<u2").astype("<u4") << 16).view("<f4")
        return np.frombuffer(piece, {"F32": "<f4"}[dtype])
    return {name: values(e["dtype"], data[slice(*e["data_offsets"])]).reshape(e["shape"])
            for name, e in header.items() if name != "__metadata__"}


def place(name):
    """Component as seed 003 calls it, stack, layer."""
    parts = name.split(".")
    layer = int(parts[2]) if parts[1] == "block" else -1
    if name == "shared.weight":
        return "embedding", "shared", layer
    if "relative_attention_bias" in name:
        return "position_bias", parts[0], layer
    if "layer_norm" in name:
        return "layernorm", parts[0], layer
    kind = {"SelfAttention": "self_attn_", "EncDecAttention": "cross_attn_", "DenseReluDense": "mlp_"}[parts[5]] + parts[6]
    return kind, parts[0], layer


def seed_spectrum(W):
    s = np.linalg.svd(W.astype(np.float64), compute_uv=False)
    return dict(stable_rank=(s ** 2).sum() / s[0] ** 2, pr=s.sum() ** 2 / (s ** 2).sum(), active=(s > 0.01 * s[0]).mean(),
                rank90=int(np.searchsorted(np.cumsum(s) / s.sum(), 0.9) + 1), max=s[0], min=s[-1],
                condition=s[0] / (s[-1] + 1e-10))


def sound_spectrum(W):
    W = W.astype(np.float64)
    s = np.linalg.svd(W, compute_uv=False)
    n, m = max(W.shape), min(W.shape)
    p = s / s.sum()
    variance = ((W - W.mean()) ** 2).mean()
    edge = variance * (math.sqrt(n) + math.sqrt(m)) ** 2
    best = None
    squares = s ** 2
    for k in range(10, m + 1):
        tail, x = squares[:k], squares[k - 1]
        logs = np.log(tail / x).sum()
        if logs <= 0:
            continue
        alpha = 1 + k / logs
        F = 1 - (tail[::-1] / x) ** (1 - alpha)
        i = np.arange(1, k + 1)
        ks = max(np.abs(i / k - F).max(), np.abs((i - 1) / k - F).max())
        if best is None or ks < best[1]:
            best = alpha, ks, k, x
    a, sd = np.abs(W).ravel(), math.sqrt(variance)
    N, ascending = a.size, np.sort(a)
    return dict(effective_rank=math.exp(-(p * np.log(p)).sum()), log10_spectral_norm=math.log10(s[0]), s1=s[0], s_min=s[-1],
                stable_rank=squares.sum() / squares[0], frobenius=np.linalg.norm(W), mp_edge_s=math.sqrt(edge),
                mp_spikes=int((squares > edge).sum()), alpha=best[0], alpha_ks=best[1], alpha_tail=best[2],
                alpha_xmin=best[3], std=sd, share_below_001_010_050_std=[(a < t * sd).mean() for t in (0.01, 0.1, 0.5)],
                kurtosis=(((W - W.mean()) / sd) ** 4).mean(),
                hoyer=(math.sqrt(N) - a.sum() / np.linalg.norm(a)) / (math.sqrt(N) - 1),
                gini=2 * (np.arange(1, N + 1) * ascending).sum() / (N * ascending.sum()) - (N + 1) / N)


def query_key(q, k):
    P = q.astype(np.float64) @ k.astype(np.float64).T
    s = np.linalg.svd(P, compute_uv=False)
    ev = np.linalg.eigvalsh((P + P.T) / 2)[::-1]
    return dict(stable_rank=(s ** 2).sum() / s[0] ** 2, pr=s.sum() ** 2 / (s ** 2).sum(),
                sym_dev=np.linalg.norm(P - P.T) / np.linalg.norm(P), pos=int((ev > 0).sum()), neg=int((ev < 0).sum()),
                top5=ev[:5].tolist())


def head(q, k):
    """The form x' Wq' Wk y of one head: singular values, and eigenvalues of its symmetric part."""
    M = q.T @ k
    s = np.linalg.svd(M, compute_uv=False)[:len(q)]
    ev = np.linalg.eigvalsh((M + M.T) / 2)
    ev = ev[np.abs(ev) > 1e-12 * np.abs(ev).max()]
    score = np.trace(M @ M) / (M * M).sum()
    return dict(s=s[:5].tolist(), stable_rank=(s ** 2).sum() / s[0] ** 2, score=score,
                deviation=2 * math.sqrt(1 - (1 + score) / 2), positive_energy=(ev[ev > 0] ** 2).sum() / (ev ** 2).sum(),
                signed_balance=ev.sum() / np.abs(ev).sum(), top_eigenvalue=ev[-1], bottom_eigenvalue=ev[0])


def heads(q, k, count, keys):
    q, k = q.astype(np.float64), k.astype(np.float64)
    w = len(q) // count
    return [head(q[h * w:h * w + w], k[h * keys // count * w:h * keys // count * w + w]) for h in range(count)]


def importance(*norms):
    c = np.prod(norms, axis=0)
    return dict(d_ff=len(c), dead=int((c < .01 * c.mean()).sum()), weak=int((c < .1 * c.mean()).sum()),
                min_over_mean=c.min() / c.mean(), max_over_mean=c.max() / c.mean())


def norms(W, axis):
    return np.linalg.norm(W.astype(np.float64), axis=axis)


def cloud(X):
    X = np.unique(X.astype(np.float64), axis=0)
    n, d = X.shape
    C = X - X.mean(0)
    ev = np.linalg.eigvalsh(C.T @ C / n)[::-1]
    S = C.T @ C / (n - 1)
    t, q = np.trace(S), np.trace(S @ S)
    fourth = ((C * C).sum(1) ** 2).sum() / (n - 1)
    f = (n - 1) / (n * (n - 2) * (n - 3))
    squared, square = f * (2 * q + (n * n - 3 * n + 1) * t * t - n * fourth), f * ((n - 1) * (n - 2) * q + t * t - n * fourth)
    v = ev / np.linalg.norm(ev) * math.sqrt(d)
    defect = np.linalg.norm(v - 1) / math.sqrt(2 * (d - math.sqrt(d)))
    phi = (d - defect ** 2 * (d - math.sqrt(d))) ** 2 / d ** 2
    D = np.sqrt(((X[:, None] - X[None]) ** 2).sum(2))
    np.fill_diagonal(D, np.inf)
    order = np.argsort(D, 1, kind="stable")
    T = np.take_along_axis(D, order[:, :50], 1)
    logs = np.sort(np.log(T[:, 1] / T[:, 0]))
    kept = int(n * 0.9)
    y, x = -np.log(1 - np.arange(1, n + 1)[:kept] / n), logs[:kept]
    counts = np.bincount(order[:, :10].ravel(), minlength=n).astype(float)
    U = X / np.linalg.norm(X, axis=1, keepdims=True)
    m = U.mean(0)
    share = m * m / (m @ m)
    return dict(rows_without_duplicates=n, pr_naive=ev.sum() ** 2 / (ev ** 2).sum(), pr_corrected=squared / square,
                isoscore=(d * phi - 1) / (d - 1), twonn_mle=(n - 1) / logs.sum(),
                **{"twonn_fit_discard_0.1": (x * y).sum() / (x * x).sum()},
                levina_bickel={k: 1 / np.mean(np.log(T[:, k - 1:k] / T[:, :k - 1]).sum(1) / (k - 2)) for k in (5, 10, 20, 50)},
                hubness_skewness_k10=(((counts - counts.mean()) / counts.std()) ** 3).mean(), max_k_occurrence=int(counts.max()),
                mean_cosine_all_pairs=(n * n * (m @ m) - n) / (n * (n - 1)),
                rogue_dimensions=[[int(i), share[i]] for i in np.argsort(share)[::-1][:3]])


def against(E, H):
    E, H = E.astype(np.float64), H.astype(np.float64)
    cos = (E * H).sum(1) / np.maximum(np.linalg.norm(E, axis=1) * np.linalg.norm(H, axis=1), 1e-8)
    e, h, difference = np.linalg.norm(E), np.linalg.norm(H), np.linalg.norm(E - H)
    return dict(mean=cos.mean(), std=cos.std(ddof=1), min=cos.min(), max=cos.max(), embedding=e, head=h,
                difference=difference, relative=difference / e)


def battery(T):
    groups = {}
    for name, W in T.items():
        kind, stack, layer = place(name)
        groups.setdefault(kind, []).append((name, W, stack, layer))
    out = {"svd": {}, "sparsity": {}, "qk": [], "cross": {}}
    for kind, members in groups.items():
        if kind not in ("layernorm", "position_bias", "embedding"):
            out["svd"].update({name: seed_spectrum(W) for name, W, _, _ in members})
        a = np.concatenate([np.abs(W).ravel() for _, W, _, _ in members])
        out["sparsity"][kind] = {str(t): int((a < np.float32(t)).sum()) / a.size for t in (1e-6, 1e-4, 1e-3, 1e-2, 1e-1)}
    for stack in ("encoder", "decoder"):
        layers = lambda kind: [W for _, W, s, layer in sorted(groups[kind], key=lambda g: g[3]) if s == stack]
        out["qk"] += [dict(loc=stack, layer=i, **query_key(q, k))
                      for i, (q, k) in enumerate(zip(layers("self_attn_q"), layers("self_attn_k")))]
        for kind in ("self_attn_q", "self_attn_k", "self_attn_v", "mlp_wi", "mlp_wo"):
            flat = [W.astype(np.float64).ravel() for W in layers(kind)]
            out["cross"][stack + "/" + kind] = [a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-8)
                                                for a, b in zip(flat, flat[1:])]
    return out


if __name__ == "__main__":
    t5, bytes_ = (load(sys.argv[1] + "/" + name + "/model.safetensors") for name in ("t5", "bytes"))
    out = {"made_with": "numpy %s, float64" % np.__version__, "sample:t5": battery(t5)}
    sound = ["encoder.block.0.layer.0.SelfAttention.q.weight", "decoder.block.3.layer.1.EncDecAttention.v.weight",
             "decoder.block.2.layer.2.DenseReluDense.wi.weight", "encoder.block.1.layer.1.DenseReluDense.wo.weight"]
    out["sample:t5"]["spectrum"] = {name: sound_spectrum(t5[name]) for name in sound}
    at = "encoder.block.0.layer.0.SelfAttention."
    out["sample:t5"]["heads of encoder.self_attn.0"] = heads(t5[at + "q.weight"], t5[at + "k.weight"], 4, 4)
    out["sample:t5"]["neurons"] = [
        dict(stack=stack, layer=i, **importance(norms(t5[at + "wi.weight"], 1), norms(t5[at + "wo.weight"], 0)))
        for stack, last in (("encoder", 1), ("decoder", 2)) for i in range(4)
        for at in ["%s.block.%d.layer.%d.DenseReluDense." % (stack, i, last)]]
    out["sample:bytes"] = {
        "heads of decoder.self_attn.0": heads(bytes_["layers.0.attention.wq.weight"], bytes_["layers.0.attention.wk.weight"], 4, 2),
        "neurons": [dict(stack="decoder", layer=i, **importance(
            norms(bytes_[at + "w1.weight"], 1), norms(bytes_[at + "w3.weight"], 1), norms(bytes_[at + "w2.weight"], 0)))
            for i in range(3) for at in ["layers.%d.feed_forward." % i]],
        "cloud of output.weight": cloud(bytes_["output.weight"]),
        "embedding against head": against(bytes_["tok_embeddings.weight"], bytes_["output.weight"])}
    json.dump(out, sys.stdout, indent=1, default=lambda x: x.item())
    print()
