"""Scratch files: shared by two requests, guessed, and one request's own."""
import csv
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import aiofiles
import pandas
from fastapi import Depends, FastAPI, UploadFile
from fastapi.responses import FileResponse, Response

SCRATCH = Path("/var/app/tmp")
app = FastAPI()


class Converter:
    def __init__(self) -> None:
        self.folder = SCRATCH

    def convert(self, account: str, text: str) -> bytes:
        source = self.folder / f"{account}.md"
        source.write_text(text)  # want MB202 "account"
        return subprocess.run(["pandoc", str(source)], capture_output=True).stdout

    def convert_own(self, account: str, text: str) -> bytes:
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            source = Path(folder) / f"{account}.md"
            source.write_text(text)
            return subprocess.run(["pandoc", str(source)], capture_output=True).stdout


@app.post("/convert/{account}")
def convert(account: str, text: str, converter: Annotated[Converter, Depends(Converter)]):
    return Response(converter.convert(account, text))


@app.post("/v2/convert/{account}")
def convert_own(account: str, text: str, converter: Annotated[Converter, Depends(Converter)]):
    return Response(converter.convert_own(account, text))


@app.get("/members.csv")
async def members():
    async with aiofiles.open("/tmp/members.csv", "w") as out:  # want MB202 "members"
        await out.write("name\n")
    return FileResponse("/tmp/members.csv")


@app.post("/imports")
def import_table(table: UploadFile):
    """The folder does not say so, but the file does not stay."""
    path = os.path.join("/srv/imports", table.filename)
    with open(path, "wb") as out:  # want MB202 "imports"
        out.write(table.file.read())
    frame = pandas.read_csv(path)
    os.remove(path)
    return {"rows": len(frame)}


@app.post("/v2/imports")
def import_table_own(table: UploadFile):
    fd, path = tempfile.mkstemp(suffix=".csv")
    with os.fdopen(fd, "wb") as out:
        out.write(table.file.read())
    frame = pandas.read_csv(path)
    os.remove(path)
    return {"rows": len(frame)}


@app.post("/v3/imports")
def import_table_random(table: UploadFile):
    path = Path("/srv/imports") / f"{uuid4()}.csv"
    path.write_bytes(table.file.read())
    frame = pandas.read_csv(path)
    path.unlink()
    return {"rows": len(frame)}


@app.get("/guessed")
def guessed():
    name = tempfile.mktemp(".json")
    Path(name).write_text(json.dumps({}))  # want MB202 "mktemp"
    return FileResponse(name)


@app.get("/guessed/exclusive")
def guessed_exclusive():
    name = tempfile.mktemp(".json")
    with open(name, "x") as out:
        out.write("{}")
    return FileResponse(name)


@app.get("/rows")
def rows():
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as out:
        csv.writer(out).writerow(["day"])
    return FileResponse(out.name)
