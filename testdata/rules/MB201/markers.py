"""An empty file says that somebody works: to look for it and then to touch it is not to take it."""
import os
import subprocess
from pathlib import Path

from fastapi import FastAPI, HTTPException

app = FastAPI()
MARKER = Path("/var/run/mill/grinding")
OTHER = Path("/var/run/mill/sieving")
THIRD = Path("/var/run/mill/packing")
JOURNAL = Path("/var/log/mill.log")


@app.post("/grind")
def grind():
    if MARKER.exists():  # want MB201 "grinding"
        raise HTTPException(409)
    MARKER.touch()
    try:
        subprocess.run(["mill", "--grind"], check=True)
    finally:
        MARKER.unlink(missing_ok=True)


@app.post("/sieve")
def sieve():
    try:
        os.close(os.open(OTHER, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        raise HTTPException(409) from None
    try:
        subprocess.run(["mill", "--sieve"], check=True)
    finally:
        OTHER.unlink(missing_ok=True)


@app.post("/pack")
def pack():
    try:
        THIRD.touch(exist_ok=False)
    except FileExistsError:
        raise HTTPException(409) from None
    try:
        subprocess.run(["mill", "--pack"], check=True)
    finally:
        THIRD.unlink(missing_ok=True)


# Who finds the journal missing makes an empty one, and so does the next.
@app.post("/journal")
def journal():
    if not JOURNAL.exists():
        JOURNAL.touch()
    return {"size": JOURNAL.stat().st_size}
