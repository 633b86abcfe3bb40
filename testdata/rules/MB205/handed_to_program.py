"""A file that was judged by its name and is then handed by name to a program is looked up a second time."""
import subprocess
import tarfile
from pathlib import Path

from fastapi import FastAPI, HTTPException, UploadFile

app = FastAPI()
INBOX = Path("/var/lib/inbox")
TARGET = Path("/var/lib/target")


@app.put("/inbox/{name}")
def deposit(name: str, upload: UploadFile):
    (INBOX / Path(name).name).write_bytes(upload.file.read())


@app.post("/inbox/{name}/unpack")
def unpack(name: str):
    archive = INBOX / Path(name).name
    with tarfile.open(archive) as tar:
        if any(m.issym() for m in tar.getmembers()):  # want MB205 "inbox"
            raise HTTPException(400)
    subprocess.run(["tar", "-xf", str(archive), "-C", str(TARGET)], check=True)


@app.post("/inbox/{name}/extract")
def extract_ok(name: str):
    archive = INBOX / Path(name).name
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
        if any(m.issym() for m in members):
            raise HTTPException(400)
        tar.extractall(TARGET, members=members, filter="data")
