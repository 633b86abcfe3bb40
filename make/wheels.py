#!/usr/bin/env python3
"""Builds the program for six platforms and packs each as a wheel and as an archive, with their checksums.

The same source gives the same bytes: no time, no path and no user goes into a file, and members stand in the order of their names.
Only the standard library is used, so that whoever can run Python can check it.
"""

import argparse
import base64
import gzip
import hashlib
import io
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Our name: GOOS, GOARCH, and the tag by which pip chooses. The program is static: it runs on any Linux, musl or glibc, and Go 1.26
# needs macOS 12.
PLATFORMS = {
    "linux-amd64": ("linux", "amd64", "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"),
    "linux-arm64": ("linux", "arm64", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"),
    "macos-amd64": ("darwin", "amd64", "macosx_12_0_x86_64"),
    "macos-arm64": ("darwin", "arm64", "macosx_12_0_arm64"),
    "windows-amd64": ("windows", "amd64", "win_amd64"),
    "windows-arm64": ("windows", "arm64", "win_arm64"),
}

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can say
WITH_IT = ["LICENSE", "README.md", "CHANGELOG.md"]

METADATA = """\
Metadata-Version: 2.1
Name: middlebrick
Version: {version}
Summary: Find check-then-act races in FastAPI projects
Home-page: https://github.com/middlebrick/middlebrick
License: Apache-2.0
Keywords: fastapi,race condition,toctou,static analysis,security
Classifier: Development Status :: 4 - Beta
Classifier: Environment :: Console
Classifier: Framework :: FastAPI
Classifier: License :: OSI Approved :: Apache Software License
Classifier: Topic :: Security
Classifier: Topic :: Software Development :: Quality Assurance
Requires-Python: >=3.7
Description-Content-Type: text/markdown
License-File: LICENSE

{readme}"""


def version():
    source = (ROOT / "internal/cli/cli.go").read_text(encoding="utf-8")
    return re.search(r'^const Version = "([^"]+)"$', source, re.M).group(1)


def build(go, goos, goarch, out):
    """One static binary, as the Dockerfile builds its own, with the prober."""
    env = dict(os.environ, GOOS=goos, GOARCH=goarch, CGO_ENABLED="0", GOTOOLCHAIN="local")
    flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid="]
    subprocess.run([go, "build", *flags, "-o", str(out), "."], cwd=ROOT, env=env, check=True)
    return out.read_bytes()


def zipped(members):
    """A zip file of (name, content, executable)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content, executable in members:
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3  # Unix: only there a mode has a meaning
            info.external_attr = (0o100755 if executable else 0o100644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return packed.getvalue()


def tarred(members):
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, packed, mtime=0) as stream:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for name, content, executable in members:
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(content), 0o755 if executable else 0o644
                archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def wheel(version, tags, name, binary):
    """The name and the content of a wheel whose only program is the binary."""
    info = f"middlebrick-{version}.dist-info"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    about = "Wheel-Version: 1.0\nGenerator: middlebrick\nRoot-Is-Purelib: false\n"
    about += "".join(f"Tag: py3-none-{tag}\n" for tag in tags.split("."))
    members = [
        (f"middlebrick-{version}.data/scripts/{name}", binary, True),
        (f"{info}/LICENSE", (ROOT / "LICENSE").read_bytes(), False),
        (f"{info}/METADATA", METADATA.format(version=version, readme=readme).encode(), False),
        (f"{info}/WHEEL", about.encode(), False),
    ]
    record = "".join(f"{path},sha256={digest(content)},{len(content)}\n" for path, content, _ in members)
    members.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode(), False))
    return f"middlebrick-{version}-py3-none-{tags}.whl", zipped(members)


def archive(version, target, name, binary):
    top = f"middlebrick-{version}-{target}"
    members = [(f"{top}/{path}", (ROOT / path).read_bytes(), False) for path in WITH_IT]
    members = sorted(members + [(f"{top}/{name}", binary, True)])
    if target.startswith("windows"):
        return top + ".zip", zipped(members)
    return top + ".tar.gz", tarred(members)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "dist", help="the directory to write to (default dist)")
    parser.add_argument("--go", default="go", help="the Go command")
    parser.add_argument("--binary", type=pathlib.Path, help="pack this file instead of what is built")
    parser.add_argument("platform", nargs="*", help="all, or some of: " + ", ".join(PLATFORMS))
    args = parser.parse_args()
    for unknown in set(args.platform) - set(PLATFORMS):
        parser.error(f"unknown platform {unknown}; there are {', '.join(PLATFORMS)}")
    args.out.mkdir(parents=True, exist_ok=True)
    sums, number = [], version()
    for target in args.platform or PLATFORMS:
        goos, goarch, tags = PLATFORMS[target]
        name = "middlebrick.exe" if goos == "windows" else "middlebrick"
        with tempfile.TemporaryDirectory() as work:
            binary = args.binary.read_bytes() if args.binary else build(args.go, goos, goarch, pathlib.Path(work) / name)
        for file, content in (wheel(number, tags, name, binary), archive(number, target, name, binary)):
            (args.out / file).write_bytes(content)
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {file}\n")
            print(f"{args.out / file}: {len(content)} bytes", file=sys.stderr)
    (args.out / "SHA256SUMS").write_text("".join(sorted(sums, key=lambda line: line.split()[1])), encoding="utf-8")


def here():
    """The platform that this Python runs on, by our name."""
    system = {"linux": "linux", "darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{system}-{machine}"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """What pip calls in a checkout (PEP 517): builds the program for this platform, which needs Go."""
    if here() not in PLATFORMS:
        sys.exit(f"middlebrick is built for {', '.join(PLATFORMS)}, and this is {here()}; 'go install .' may work")
    if not shutil.which("go"):
        sys.exit("middlebrick is a Go program: building it from its source needs Go 1.26 or newer on the PATH")
    goos, goarch, tags = PLATFORMS[here()]
    name = "middlebrick.exe" if goos == "windows" else "middlebrick"
    with tempfile.TemporaryDirectory() as work:
        file, content = wheel(version(), tags, name, build("go", goos, goarch, pathlib.Path(work) / name))
    (pathlib.Path(wheel_directory) / file).write_bytes(content)
    return file


if __name__ == "__main__":
    main()
