"""A validator that looks at the disk, and a dependency that validates an id."""
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, field_validator

TEMPLATES = Path("/srv/templates")
app = FastAPI()


class TemplateIn(BaseModel):
    name: str
    text: str

    @field_validator("name")
    @classmethod
    def must_be_new(cls, name: str) -> str:
        if (TEMPLATES / name).exists():  # step MB601 check
            raise ValueError("there is one already")
        return name


class NoteIn(BaseModel):
    name: str
    text: str

    @field_validator("name")
    @classmethod
    def plain(cls, name: str) -> str:
        if not name.isidentifier():
            raise ValueError("letters only")
        return name


@app.post("/templates")
def add_template(body: TemplateIn):
    (TEMPLATES / body.name).write_text(body.text)  # want MB601 "template|name"


@app.post("/notes")
def add_note(body: NoteIn):
    try:
        with (TEMPLATES / "notes" / body.name).open("x") as out:
            out.write(body.text)
    except FileExistsError:
        raise HTTPException(409) from None


def page(limit: int = 10) -> int:
    return min(limit, 100)


@app.get("/templates")
def list_templates(limit: Annotated[int, Depends(page)]):
    return sorted(p.name for p in TEMPLATES.iterdir())[:limit]
