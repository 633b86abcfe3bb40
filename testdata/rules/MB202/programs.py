"""A program that is told where to put what it makes: under a name that two requests share, or that is one request's own."""
import asyncio
import subprocess
import tempfile
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse, Response

app = FastAPI()


@app.get("/scores/{score}.pdf")
async def engraved(score: int):
    target = f"/tmp/score-{score}.pdf"
    process = await asyncio.create_subprocess_exec("lilypond", "-o", target, f"/srv/scores/{score}.ly")  # want MB202 "score"
    if await process.wait() != 0:
        raise HTTPException(404)
    return FileResponse(target)


@app.get("/takes/{take}.mp3")
def compressed(take: int):
    target = Path(tempfile.gettempdir()) / f"take-{take}.mp3"
    subprocess.run(["ffmpeg", "-i", f"/srv/takes/{take}.wav", str(target)], check=True)  # want MB202 "take"
    return Response(target.read_bytes())


@app.get("/own/{take}.mp3")
def compressed_apart(take: int):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "take.mp3"
        subprocess.run(["ffmpeg", "-i", f"/srv/takes/{take}.wav", str(target)], check=True)
        return Response(target.read_bytes())


@app.get("/lengths/{take}")
def length(take: int):
    done = subprocess.run(["soxi", "-D", f"/srv/takes/{take}.wav"], capture_output=True, text=True)
    return {"seconds": float(done.stdout)}
