"""A free name that is asked for on the event loop and used in a thread: whoever waits for the thread lets others ask."""
import asyncio
import os
import shutil
from pathlib import Path

import uvicorn
from fastapi import FastAPI, HTTPException

SCANS = Path("/srv/scans")
LEDGERS = Path("/srv/ledgers")
app = FastAPI()


@app.post("/ledgers/{year}")
async def file_ledger(year: int):
    final = LEDGERS / f"{year}.pdf"
    turn = asyncio.Lock()
    async with turn:
        if final.exists():  # step MB201 check
            raise HTTPException(409)
        await asyncio.to_thread(shutil.move, SCANS / f"{year}.pdf", final)  # want MB201 "ledgers"


@app.post("/ledgers/{year}/once")
async def file_once(year: int):
    try:
        await asyncio.to_thread(os.link, SCANS / f"{year}.pdf", LEDGERS / f"{year}-final.pdf")
    except FileExistsError:
        raise HTTPException(409)


if __name__ == "__main__":
    uvicorn.run("in_a_thread:app", workers=1)
