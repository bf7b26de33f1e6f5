#!/usr/bin/env python3
"""`moyo-play export`: NumPy computes the exported networks by their formats' words alone, and leelaz, where it is
installed, reads the weights and says what we say."""

import gzip
import json
import os
import shutil
import struct
import subprocess
import tempfile
import unittest

import programs

try:
    import numpy
except ImportError:
    numpy = None

SIDE = 19
POINTS = SIDE * SIDE
COLUMNS = "ABCDEFGHJKLMNOPQRST"
# No captures, nothing symmetric: (x, y) from the upper left corner, Black first.
MOVES = [(15, 3), (3, 15), (15, 16), (2, 3), (4, 2), (4, 3), (5, 3), (3, 2), (16, 10), (9, 15), (7, 2)]
PLIES = (0, 3, 8, 11)
# bf16 here, float32 there.
TOLERANCE = 4e-3


def planes_of(ply, row_of):
    """The 18 input planes before a ply, each [row][x]."""
    planes = numpy.zeros((18, SIDE, SIDE), numpy.float32)
    black_to_move = ply % 2 == 0
    for age in range(min(8, ply + 1)):
        for number, (x, y) in enumerate(MOVES[:ply - age]):
            own = (number % 2 == 0) == black_to_move
            planes[(0 if own else 8) + age, row_of(y), x] = 1
    planes[16 if black_to_move else 17] = 1
    return planes


def convolve(x, weight):
    """Same-size convolution of [in][y][x] by [out][in][k][k]."""
    k = weight.shape[2]
    padded = numpy.pad(x, ((0, 0), (k // 2, k // 2), (k // 2, k // 2)))
    out = numpy.zeros((weight.shape[0], SIDE, SIDE), numpy.float64)
    for dy in range(k):
        for dx in range(k):
            out += numpy.tensordot(weight[:, :, dy, dx], padded[:, dy:dy + SIDE, dx:dx + SIDE], 1)
    return out


def relu(x):
    return numpy.maximum(x, 0)


def softmax(x):
    e = numpy.exp(x - x.max())
    return e / e.sum()


def forward(conv, linear, blocks, planes):
    """conv(name, x), linear(name, x) -> policy probabilities and value."""
    x = relu(conv("input", planes))
    for i in range(blocks):
        y = relu(conv("block%d.first" % i, x))
        x = relu(conv("block%d.second" % i, y) + x)
    policy = linear("policy_linear", relu(conv("policy_conv", x)).ravel())
    hidden = relu(linear("value_hidden", relu(conv("value_conv", x)).ravel()))
    return softmax(policy), float(numpy.tanh(linear("value_linear", hidden)).item())


def leela_zero_network(text):
    """A weights file as a function of planes whose rows count from the bottom."""
    lines = text.splitlines()
    assert lines[0] == "1"
    numbers = [numpy.array(line.split(), numpy.float64) for line in lines[1:]]
    blocks = (len(numbers) - 18) // 8
    names = ["input"]
    for i in range(blocks):
        names += ["block%d.first" % i, "block%d.second" % i]
    names += ["policy_conv", "policy_linear", "value_conv", "value_hidden", "value_linear"]
    layers = {}
    for name in names:
        take = 2 if name.endswith("linear") or name.endswith("hidden") else 4
        layers[name], numbers = numbers[:take], numbers[take:]
    assert not numbers

    def conv(name, x):
        weight, bias, mean, variance = layers[name]
        kernel = 1 if name.endswith("_conv") else 3
        y = convolve(x, weight.reshape(len(bias), x.shape[0], kernel, kernel))
        scale = 1 / numpy.sqrt(variance + 1e-5)
        return (y + (bias - mean)[:, None, None]) * scale[:, None, None]

    def linear(name, x):
        weight, bias = layers[name]
        return weight.reshape(len(bias), len(x)) @ x + bias

    return lambda planes: forward(conv, linear, blocks, planes)


def safetensors_network(data):
    """A safetensors file as a function of planes whose rows count from the top."""
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "F32"
        begin, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(data[8 + length + begin:8 + length + end],
                                         "<f4").reshape(entry["shape"])

    def conv(name, x):
        y = convolve(x, tensors[name + ".conv.weight"])
        scale = tensors[name + ".norm.weight"] / numpy.sqrt(tensors[name + ".norm.running_var"] + 1e-5)
        shift = tensors[name + ".norm.bias"] - tensors[name + ".norm.running_mean"] * scale
        return y * scale[:, None, None] + shift[:, None, None]

    def linear(name, x):
        return tensors[name + ".weight"] @ x + tensors[name + ".bias"]

    return lambda planes: forward(conv, linear, int(header["__metadata__"]["blocks"]), planes)


class ExportModelTest(unittest.TestCase):
    ARCHITECTURE = "leela-zero"
    VALUE_TOLERANCE = 0.02  # our network computes in bfloat16 where the processor does

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="moyo-export-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        run_dir = os.path.join(cls.folder, "run")
        programs.succeed("moyo", "run", "--games",
                         os.path.join(programs.SOURCE, "tests/data/games-2015.zip"), "--run-dir",
                         run_dir, "--limit", 60, "--games-per-shard", "60", "--workers", "1",
                         "--architecture", cls.ARCHITECTURE, "--optimizer", "adamw", "--blocks", "1", "--filters", "8",
                         "--epochs", "1", "--batch-size", "64",
                         "--seed", "1", timeout=500)
        cls.model = os.path.join(run_dir, "model.pt")
        cls.game = os.path.join(cls.folder, "game.sgf")
        with open(cls.game, "w", encoding="ascii") as file:
            file.write("(;SZ[19]%s)" % "".join(
                ";%s[%s]" % ("BW"[i % 2], chr(97 + x) + chr(97 + y)) for i, (x, y) in enumerate(MOVES)))

    def export(self, form, name):
        out = os.path.join(self.folder, name)
        programs.succeed("moyo-play", "export", "--model", self.model, "--format", form, "--out", out)
        return out

    def suggest(self, ply, model=None):
        """Our probabilities by policy index (of legal moves), and the value."""
        answer = programs.succeed_json("moyo-play", "suggest", "--model", model or self.model, "--game",
                                       self.game, "--ply", ply, "--top-k", POINTS + 1, "--json")
        policy = {POINTS if move["move"] == "pass" else move["y"] * SIDE + move["x"]:
                  move["probability"] for move in answer["moves"]}
        return policy, answer["value"]

    def check(self, ply, policy, value, index=lambda i: i):
        ours, our_value = self.suggest(ply)
        self.assertAlmostEqual(value, our_value, delta=self.VALUE_TOLERANCE)
        for i, probability in ours.items():
            self.assertAlmostEqual(policy[index(i)], probability, delta=TOLERANCE)

    def test_leela_zero_text_computes_the_same(self):
        with open(self.export("leela-zero", "weights.txt"), encoding="ascii") as file:
            network = leela_zero_network(file.read())
        from_bottom = lambda y: SIDE - 1 - y
        for ply in PLIES:
            policy, value = network(planes_of(ply, from_bottom))
            self.check(ply, policy, value,
                       lambda i: i if i == POINTS else (SIDE - 1 - i // SIDE) * SIDE + i % SIDE)

    def test_safetensors_compute_the_same(self):
        with open(self.export("safetensors", "net.safetensors"), "rb") as file:
            network = safetensors_network(file.read())
        for ply in PLIES:
            self.check(ply, *network(planes_of(ply, lambda y: y)))

    def test_exported_weights_load_as_a_model(self):
        weights = self.export("leela-zero", "weights.gz")
        with gzip.open(weights, "rt", encoding="ascii") as file:
            self.assertEqual(file.readline(), "1\n")
        for ply in PLIES:
            theirs, value = self.suggest(ply, weights)
            ours, our_value = self.suggest(ply)
            self.assertEqual(theirs.keys(), ours.keys())
            # Either is off by its own rounding; trainer_export_test compares them in float.
            self.assertAlmostEqual(value, our_value, delta=2 * self.VALUE_TOLERANCE)
            for i, probability in ours.items():
                self.assertAlmostEqual(theirs[i], probability, delta=TOLERANCE)

    def test_torchscript_is_written(self):
        with open(self.export("torchscript", "net.ts"), "rb") as file:
            self.assertEqual(file.read(2), b"PK")

    def test_leelaz_says_what_we_say(self):
        leelaz = shutil.which("leelaz") or shutil.which("leelaz", path="/usr/games")
        if leelaz is None:
            self.skipTest("leelaz is not installed (Debian's leela-zero)")
        weights = self.export("leela-zero", "leelaz.txt")
        for ply in PLIES:
            lines = ["play %s %s%d" % ("bw"[i % 2], COLUMNS[x], SIDE - y)
                     for i, (x, y) in enumerate(MOVES[:ply])]
            done = subprocess.run([leelaz, "--gtp", "--cpu-only", "--noponder", "-t", "1", "-w", weights],
                                  input="\n".join(lines + ["heatmap", "quit", ""]), text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200,
                                  check=False, cwd=self.folder)
            rows = [line.split() for line in done.stdout.splitlines()]
            rows = [row for row in rows if len(row) == SIDE and all(word.isdigit() for word in row)]
            self.assertEqual(len(rows), SIDE, done.stdout[-2000:])
            ours, _ = self.suggest(ply)
            for i, probability in ours.items():
                if i < POINTS:  # whole thousandths, cut off
                    self.assertAlmostEqual(int(rows[i // SIDE][i % SIDE]) / 1000 + 0.0005, probability,
                                           delta=0.0005 + TOLERANCE)

    def test_failures_are_one_line(self):
        out = os.path.join(self.folder, "x")
        for code, arguments in ((1, ["--model", self.game, "--format", "leela-zero"]),
                                (1, ["--model", out, "--format", "leela-zero"]),
                                (2, ["--model", self.model, "--format", "onnx"])):
            done = programs.run("moyo-play", "export", *arguments, "--out", out)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertFalse(os.path.exists(out))


class ExportPooledTowerTest(ExportModelTest):
    """Its heads are written out; safetensors have them as they are, so the layers have other names there."""
    ARCHITECTURE = "pooled-tower"
    VALUE_TOLERANCE = 0.06  # its value is 19 times a mean of what was rounded
    test_safetensors_compute_the_same = None
    test_failures_are_one_line = None


if __name__ == "__main__":
    if numpy is None:
        print("skipped: no numpy")
        raise SystemExit(programs.SKIPPED)
    programs.require("moyo", "moyo-server", "moyo-worker", "moyo-trainer", "moyo-play")
    unittest.main(verbosity=2)
