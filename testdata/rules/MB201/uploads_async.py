"""Paths asked and used through aiofiles, anyio and os."""
import os
from typing import Annotated

import aiofiles
import aiofiles.os
import anyio
from fastapi import FastAPI, Form, HTTPException, UploadFile
from fastapi.responses import Response

ROOT = "/srv/documents"
app = FastAPI()


@app.post("/documents/{name}/aiofiles")
async def upload(name: str, file: UploadFile):
    path = os.path.join(ROOT, os.path.basename(name))
    if await aiofiles.os.path.exists(path):  # step MB201 check
        raise HTTPException(409)
    async with aiofiles.open(path, "wb") as out:  # want MB201 "path|documents|ROOT"
        await out.write(await file.read())


@app.post("/documents/{name}/anyio")
async def upload_anyio(name: str, content: Annotated[str, Form()]):
    path = anyio.Path(ROOT) / os.path.basename(name)
    if await path.is_file():  # step MB201 check
        raise HTTPException(409)
    await path.write_text(content)  # want MB201 "path|documents|ROOT"


@app.post("/documents/{name}/exclusive")
async def upload_exclusive(name: str, file: UploadFile):
    path = os.path.join(ROOT, os.path.basename(name))
    try:
        async with aiofiles.open(path, "xb") as out:
            await out.write(await file.read())
    except FileExistsError:
        raise HTTPException(409) from None


@app.get("/documents/{name}")
async def download(name: str):
    path = os.path.join(ROOT, os.path.basename(name))
    if not os.path.exists(path):
        raise HTTPException(404)
    try:
        async with aiofiles.open(path, "rb") as source:
            return Response(await source.read())
    except FileNotFoundError:
        raise HTTPException(404) from None


@app.delete("/documents/{name}", status_code=204)
async def remove(name: str):
    try:
        os.unlink(os.path.join(ROOT, os.path.basename(name)))
    except FileNotFoundError:
        raise HTTPException(404) from None
