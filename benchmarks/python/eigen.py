"""What the seed does with the product of one layer's query and key weights: all eigenvalues of a symmetric
4096 x 4096 float32 matrix, and all singular values of another of that size; medians of three, in seconds."""

import statistics
import time

import torch


def seconds(work):
    times = []
    for _ in range(3):
        start = time.time()
        work()
        times.append(time.time() - start)
    return statistics.median(times)


torch.manual_seed(3)
a = torch.randn(4096, 4096)
symmetric = (a + a.T) / 2
torch.linalg.eigvalsh(symmetric[:512, :512])
print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
print(f"  eigvalsh {seconds(lambda: torch.linalg.eigvalsh(symmetric)):.3f}")
print(f"  svdvals  {seconds(lambda: torch.linalg.svdvals(a)):.3f}")
