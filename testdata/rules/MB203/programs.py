"""What a client wrote is run in a folder, where it may make links; what the project wrote makes none there."""
import asyncio
import subprocess
from pathlib import Path

from fastapi import Body, FastAPI, HTTPException
from fastapi.responses import FileResponse

LABS = Path("/srv/labs")
SITES = Path("/srv/sites")
REELS = Path("/srv/reels")
app = FastAPI()


@app.post("/labs/{lab}/run")
def run(lab: int, script: str = Body()):
    done = subprocess.run(["sandbox", "bash", "-s"], input=script, cwd=LABS / str(lab), text=True, timeout=30)
    return {"code": done.returncode}


@app.get("/labs/{lab}/{name:path}")
def result(lab: int, name: str):
    root = LABS / str(lab)
    path = (root / name).resolve()
    if not path.is_relative_to(root):  # step MB203 check
        raise HTTPException(400)
    return FileResponse(path)  # want MB203 "labs"


@app.post("/reels/{reel}/shell")
async def shell(reel: int, command: str = Body()):
    process = await asyncio.create_subprocess_shell(command, cwd=REELS / str(reel))
    return {"code": await process.wait()}


@app.get("/reels/{reel}/{name:path}")
def cut(reel: int, name: str):
    root = REELS / str(reel)
    path = (root / name).resolve()
    if not path.is_relative_to(root):  # step MB203 check
        raise HTTPException(400)
    return FileResponse(path)  # want MB203 "reels"


# Sound: the scripts are the project's own, whatever they are given.


@app.post("/sites/{site}/build")
def build(site: int, title: str = Body()):
    subprocess.run(["python", "tools/build.py", title], cwd=SITES / str(site), timeout=300, check=True)
    subprocess.run(["bash", "-c", "make all"], cwd=SITES / str(site), timeout=300, check=True)


@app.get("/sites/{site}/{name:path}")
def page(site: int, name: str):
    root = SITES / str(site)
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise HTTPException(400)
    return FileResponse(path)
