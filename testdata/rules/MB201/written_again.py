"""A file that must be there is written again: it is there afterwards as well, and only who takes it away turns the decision."""
from pathlib import Path

from fastapi import FastAPI, HTTPException

ROOT = Path("/srv/letters")
DRAFTS = Path("/srv/drafts")
app = FastAPI()


@app.put("/letters/{name}")
def write_letter(name: str, text: str):
    letter = ROOT / name
    if not letter.exists() or not letter.is_file():
        raise HTTPException(404)
    letter.write_text(text)


# Whoever finds none makes one, and writes over the other's.
@app.post("/drafts/{name}")
def begin_draft(name: str, text: str):
    draft = DRAFTS / name
    if draft.exists():  # want MB201 "drafts"
        raise HTTPException(409)
    draft.write_text(text)


@app.put("/drafts/{name}")
def write_draft(name: str, text: str):
    draft = DRAFTS / name
    if not draft.exists():  # want MB201 "is there again"
        raise HTTPException(404)
    draft.write_text(text)


@app.delete("/drafts/{name}")
def throw_away(name: str):
    (DRAFTS / name).unlink(missing_ok=True)
