#!/usr/bin/env python3
"""Fails on an #include that the table of parts forbids.

The table is the design's: which part may see which other. A folder follows the entry with the longest
path that holds it. What an entry does not list is forbidden.
"""

import re

import tree

BASE = "common/base/"

# part: (own headers it may include, guarded libraries it may include). A path that ends in "/" is a folder with
# all below it; otherwise it is one header. A part may always include itself. A part may also be files that
# share a stem: server/coordinator.h, server/coordinator_queries.cc.
PARTS = {
    "common/base": ([], ["io", "openssl"]),  # SHA-256
    "common/source": ([BASE], ["io"]),
    "common/go": ([BASE], []),
    "common/sgf": ([BASE, "common/go/"], []),
    "common/features": ([BASE, "common/go/"], []),
    "common/shard": ([BASE, "common/go/"], ["io"]),
    # Certificates, pins and tokens stay here: the programs see strings.
    "common/rpc": ([BASE], ["io", "proto", "grpc", "openssl"]),
    # HTTP for pages and /metrics: who may ask is decided as it is for gRPC, but without gRPC.
    "common/web": (
        [BASE, "common/rpc/address.h", "common/rpc/certificate.h", "common/rpc/join_code.h"], [],
    ),
    # What the command line prints and the training page shows of a server's answer.
    "common/status": ([BASE], ["proto"]),
    "common/metrics": ([BASE, "common/web/"], ["io", "proto", "grpc"]),
    # The pure state machine: no effects at all.
    "server/work": ([BASE], []),
    # A shard's contents matter to it for one question only: does one game go on where another ends?
    "server/store": ([BASE, "server/work/", "common/shard/"], ["io", "sqlite"]),
    "server/catalog": ([BASE, "server/store/", "common/source/", "common/sgf/splitter.h"], ["io"]),
    # The class behind the RPCs: messages in, messages out, no transport.
    "server/coordinator": (
        [BASE, "server/work/", "server/store/", "server/catalog/", "common/rpc/protocol.h", "server/messages.h",
         "server/traffic.h", "server/training_history.h", "server/training_record.h"],
        ["io", "proto"],
    ),
    "server/rpc": (
        [BASE, "server/work/", "server/store/", "server/coordinator.h", "server/request_limits.h", "common/rpc/",
         "common/metrics/"],
        ["io", "proto", "grpc"],
    ),
    # What ties the server's parts together. Never the rules of Go: a shard is bytes to it.
    "server": (
        [BASE, "server/", "common/rpc/", "common/status/", "common/web/", "common/metrics/"],
        ["io", "proto", "grpc"],
    ),
    "worker": (
        [BASE, "common/go/", "common/sgf/", "common/shard/", "common/rpc/", "common/metrics/"],
        ["io", "proto", "grpc"],
    ),
    # Figures and pages about a network: what play and the trainer's report share. Never LibTorch.
    "trainer/evaluation": ([BASE, "common/go/", "common/features/", "trainer/model/policy_net.h"], []),
    "trainer": (
        [BASE, "common/go/", "common/features/", "common/shard/", "common/rpc/", "common/metrics/",
         "trainer/evaluation/"],
        ["io", "proto", "grpc", "torch"],
    ),
    # Sees the network through headers of trainer/model and trainer/export that hold no LibTorch.
    "play": (
        [BASE, "common/source/", "common/go/", "common/features/", "common/sgf/", "common/web/", "common/rpc/address.h",
         "common/rpc/certificate.h", "trainer/model/",
         "trainer/evaluation/", "trainer/export/"],
        ["io"],
    ),
    # Go's types come with the games that sgf and shard hand out; export-planes replays them to planes. `moyo survey`
    # finds sources as the server does and judges games as a worker does, so that its numbers are theirs: worker/parse
    # is pure.
    "cli": (
        [BASE, "common/source/", "common/go/", "common/sgf/", "common/features/", "common/shard/", "common/rpc/",
         "common/status/", "worker/parse/"],
        ["io", "proto", "grpc"],
    ),
}

# Guarded libraries, by the headers they are known by.
LIBRARIES = {
    "torch": re.compile(r"(torch|ATen|c10|caffe2)/"),
    "sqlite": re.compile(r"sqlite3"),
    "grpc": re.compile(r"(grpc|grpcpp|grpc\+\+)/|.*\.grpc\.pb\.h$"),
    "proto": re.compile(r"moyo/v1/|google/protobuf/|.*\.pb\.h$"),
    "openssl": re.compile(r"openssl/"),
    "io": re.compile(r"(fstream|iostream|cstdio|stdio\.h|filesystem|unistd\.h|fcntl\.h)$"),
}

OWN = re.compile(r"(common|server|worker|trainer|play|cli|tests)/")
INCLUDE = re.compile(r'\s*#\s*include\s*[<"]([^>"]+)[>"]')


def part_of(path):
    """The entry a header or source belongs to, or None."""
    fitting = [part for part in PARTS if re.match(re.escape(part) + "[/._]", str(path))]
    return max(fitting, key=len, default=None)


def allowed_own(part, header):
    """Whether a part may include one of our headers."""
    if header.startswith("tests/"):
        return False
    # Itself: the same entry, so that server/work's own entry is not bypassed from server/rpc.
    if part_of(header) == part:
        return True
    return any(
        header.startswith(may) if may.endswith("/") else header == may for may in PARTS[part][0]
    )


def problem_of(part, header):
    """Why a part may not include a header, or None."""
    if OWN.match(header):
        if allowed_own(part, header):
            return None
        return f"{part} may include only {', '.join(PARTS[part][0]) or 'itself'} of ours"
    # In the table's order: the services' headers are gRPC's first, then proto's.
    for library, pattern in LIBRARIES.items():
        if pattern.match(header):
            return None if library in PARTS[part][1] else f"{part} must never include {library}"
    return None


def check_rules():
    """The rules themselves, on edges known to be right and wrong."""
    right = [
        ("common/go", "common/base/digest.h"),
        ("common/go", "absl/status/status.h"),
        ("common/rpc", "openssl/ssl.h"),
        ("common/web", "common/rpc/address.h"),
        ("server/catalog", "common/sgf/splitter.h"),
        ("server/rpc", "moyo/v1/work.grpc.pb.h"),
        ("cli", "worker/parse/game_judge.h"),
        ("server", "server/work/unit.h"),
        ("server/rpc", "server/coordinator.h"),
        ("trainer", "torch/torch.h"),
        ("play", "trainer/model/policy_net.h"),
    ]
    wrong = [
        ("common/base", "common/go/types.h"),
        ("common/go", "iostream"),
        ("common/go", "common/sgf/splitter.h"),
        ("common/sgf", "moyo/v1/work.pb.h"),
        ("common/features", "torch/torch.h"),
        ("server/work", "sqlite3.h"),
        ("server/store", "grpcpp/server.h"),
        ("server/catalog", "common/sgf/game_reader.h"),
        ("server/rpc", "sqlite3.h"),
        ("server/rpc", "openssl/ssl.h"),
        ("common/web", "common/rpc/channel.h"),
        ("server", "common/go/board.h"),
        ("server/coordinator", "grpcpp/server.h"),
        ("server/coordinator", "moyo/v1/work.grpc.pb.h"),
        ("worker", "server/work/unit.h"),
        ("worker", "torch/torch.h"),
        ("trainer", "common/sgf/splitter.h"),
        ("play", "trainer/data/dataset.h"),
        ("play", "server/store/store.h"),
        ("cli", "torch/torch.h"),
        ("cli", "tests/support/fake.h"),
        ("cli", "worker/loop/worker_loop.h"),
        ("common/source", "common/sgf/splitter.h"),
    ]
    for part, header in right:
        assert problem_of(part, header) is None, (part, header)
    for part, header in wrong:
        assert problem_of(part, header) is not None, (part, header)


def main():
    check_rules()
    base = tree.root()
    problems = []
    checked = tree.files(base, tree.PRODUCT_FOLDERS, {".h", ".cc"})
    for path in checked:
        part = part_of(path)
        if part is None:
            problems.append(f"{path}:1: no part of the table holds this folder; add it")
            continue
        for number, line in enumerate(tree.lines(base / path), start=1):
            include = INCLUDE.match(line)
            if include:
                problem = problem_of(part, include.group(1))
                if problem:
                    problems.append(f"{path}:{number}: {include.group(1)}: {problem}")
    tree.finish("include_layers", len(checked), problems)


main()
