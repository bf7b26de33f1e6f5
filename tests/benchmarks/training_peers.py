#!/usr/bin/env python3
"""Steps of training a second in Python's PyTorch, of the networks of training_benchmark, as a line of JSON.

    training_peers.py --net leela-zero:6x64 --how plain --threads 2 --seconds 20

plain: as a notebook has it: the planes of all positions as floats in memory, float32, PyTorch's defaults. tuned: the
same with what makes PyTorch fast on a processor: channels_last, bfloat16 by autocast, planes as bytes until they are
drawn, and an allocator that keeps its memory. Both draw batches by a shuffled index, and learn with AdamW.
"""

import argparse
import ctypes
import json
import resource
import sys
import time

BOARD, PLANES, MOVES = 19, 18, 362
POINTS = BOARD * BOARD
POSITIONS = 4096  # in memory: a multiple of the batch, few enough to be floats

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX, M_ARENA_MAX = -1, -2, -4, -8


def keep_memory():
    """Before torch is imported: large tensors stay on the heap."""
    libc = ctypes.CDLL("libc.so.6")
    for option, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, 2**31 - 1), (M_TOP_PAD, 64 << 20), (M_ARENA_MAX, 1)):
        libc.mallopt(option, value)


def leela_zero(nn, blocks, filters):
    class ConvNorm(nn.Module):
        def __init__(self, inputs, outputs, kernel):
            super().__init__()
            self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
            self.norm = nn.BatchNorm2d(outputs)

        def forward(self, x):
            return self.norm(self.conv(x))

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = ConvNorm(filters, filters, 3), ConvNorm(filters, filters, 3)

        def forward(self, x):
            return (self.second(self.first(x).relu()) + x).relu()

    class Tower(nn.Module):
        def __init__(self):
            super().__init__()
            self.input = ConvNorm(PLANES, filters, 3)
            self.blocks = nn.Sequential(*[Block() for _ in range(blocks)])
            self.policy_conv, self.value_conv = ConvNorm(filters, 2, 1), ConvNorm(filters, 1, 1)
            self.policy = nn.Linear(2 * POINTS, MOVES)
            self.hidden, self.value = nn.Linear(POINTS, 256), nn.Linear(256, 1)

        def forward(self, x):
            x = self.blocks(self.input(x).relu())
            policy = self.policy(self.policy_conv(x).relu().flatten(1))
            value = self.hidden(self.value_conv(x).relu().flatten(1)).relu()
            return policy.float(), self.value(value).float().tanh().squeeze(1)

    return Tower()


def gpool(nn, blocks, filters):
    import torch
    head = 32

    def conv(inputs, outputs, kernel):
        return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)

    class Pooled(nn.Module):
        def __init__(self, channels, kernel):
            super().__init__()
            self.conv, self.norm = conv(filters, channels, kernel), nn.BatchNorm2d(channels)

        def forward(self, x):
            y = self.norm(self.conv(x)).relu().float()
            return torch.cat([y.mean((2, 3)), y.amax((2, 3))], 1)

    class Block(nn.Module):
        def __init__(self, pooled):
            super().__init__()
            self.norm1, self.norm2 = nn.BatchNorm2d(filters), nn.BatchNorm2d(filters - pooled)
            self.conv1, self.conv2 = conv(filters, filters - pooled, 3), conv(filters - pooled, filters, 3)
            self.pooled = Pooled(pooled, 3) if pooled else None
            self.bias = nn.Linear(2 * pooled, filters - pooled, bias=False) if pooled else None

        def forward(self, x):
            active = self.norm1(x).relu()
            y = self.conv1(active)
            if self.pooled is not None:
                y = y + self.bias(self.pooled(active))[:, :, None, None]
            return x + self.conv2(self.norm2(y).relu())

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            pools = [(i >= 2 and i % 2 == 0) or (blocks < 3 and i == blocks - 1) for i in range(blocks)]
            self.input = conv(PLANES, filters, 3)
            self.blocks = nn.Sequential(*[Block(max(1, filters // 4) if pool else 0) for pool in pools])
            self.norm = nn.BatchNorm2d(filters)
            self.policy_conv, self.policy_pooled = conv(filters, head, 1), Pooled(head, 1)
            self.policy_bias, self.policy_pass = nn.Linear(2 * head, head, bias=False), nn.Linear(2 * head, 1)
            self.policy_norm, self.policy_point = nn.BatchNorm2d(head), conv(head, 1, 1)
            self.value_pooled = Pooled(head, 1)
            self.hidden, self.value = nn.Linear(2 * head, 64), nn.Linear(64, 1)

        def forward(self, x):
            trunk = self.norm(self.blocks(self.input(x))).relu()
            pooled = self.policy_pooled(trunk)
            y = self.policy_norm(self.policy_conv(trunk) + self.policy_bias(pooled)[:, :, None, None]).relu()
            policy = torch.cat([self.policy_point(y).flatten(1).float(), self.policy_pass(pooled).float()], 1)
            value = nn.functional.leaky_relu(self.hidden(self.value_pooled(trunk)), 0.1)
            return policy, self.value(value).float().tanh().squeeze(1)

    return Net()


def make_data(torch, tuned):
    draw = torch.Generator().manual_seed(1)
    planes = (torch.rand(POSITIONS, PLANES, BOARD, BOARD, generator=draw) < 0.2)
    planes = planes.to(torch.uint8).contiguous(memory_format=torch.channels_last) if tuned else planes.float()
    return (planes, torch.randint(0, MOVES, (POSITIONS,), generator=draw),
            torch.randint(0, 2, (POSITIONS,), generator=draw).float() * 2 - 1)


def trainer(torch, options):
    """A function that makes one step."""
    architecture, size = options.net.split(":")
    blocks, filters = (int(number) for number in size.split("x"))
    tuned = options.how == "tuned"
    net = {"leela-zero": leela_zero, "gpool": gpool}[architecture](torch.nn, blocks, filters)
    if tuned:
        net = net.to(memory_format=torch.channels_last)
    planes, moves, results = make_data(torch, tuned)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-4)
    order = torch.randperm(POSITIONS)
    place = 0

    def step():
        nonlocal place
        chosen = order[place:place + options.batch_size]
        place = (place + options.batch_size) % POSITIONS
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=tuned):
            policy, value = net(planes[chosen].to(torch.bfloat16 if tuned else torch.float32))
        loss = (torch.nn.functional.cross_entropy(policy, moves[chosen]) +
                torch.nn.functional.mse_loss(value, results[chosen]))
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--net", required=True)
    parser.add_argument("--how", choices=("plain", "tuned"), required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--batch-size", type=int, default=128)
    options = parser.parse_args()
    if options.how == "tuned":
        keep_memory()
    try:
        import torch
    except ImportError:
        sys.exit("training_peers.py: no torch for %s; Debian's is python3-torch" % sys.executable)
    torch.set_num_threads(options.threads)
    step = trainer(torch, options)
    for _ in range(2):
        step()
    wall, cpu, samples = time.monotonic(), cpu_seconds(), 0
    while time.monotonic() - wall < options.seconds:
        step()
        samples += options.batch_size
    wall, cpu = time.monotonic() - wall, cpu_seconds() - cpu
    print(json.dumps({"net": options.net, "how": options.how, "torch": torch.__version__, "samples": samples,
                      "samples_per_second": samples / wall, "samples_per_cpu_second": samples / cpu}))


if __name__ == "__main__":
    main()
