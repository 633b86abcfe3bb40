"""What was validated, and what is used."""
import json
import shutil
from pathlib import Path

from fastapi import FastAPI
from pydantic import BaseModel, Field, TypeAdapter

RULES = Path("/srv/rules")
LIVE = Path("/srv/live")
app = FastAPI()


class RuleSet(BaseModel):
    limit: int = Field(gt=0)


@app.put("/rules/{name}")
def draft(name: str, text: str):
    (RULES / name).write_text(text)


def check(name: str) -> RuleSet:
    return RuleSet.model_validate_json((RULES / name).read_text())  # step MB602 check


@app.post("/rules/{name}/publish")
def publish(name: str):
    check(name)
    shutil.copyfile(RULES / name, LIVE / name)  # want MB602 "name"


@app.post("/rules/{name}/move")
def move(name: str):
    with open(RULES / name) as source:
        RuleSet.model_validate(json.load(source))
    (RULES / name).rename(LIVE / name)  # want MB602 "name"


@app.get("/rules/{name}/limit")
def limit(name: str):
    RuleSet.model_validate_json((RULES / name).read_bytes())
    with (RULES / name).open() as source:  # want MB602 "name"
        return json.load(source)["limit"]


@app.post("/v2/rules/{name}/publish")
def publish_validated(name: str):
    rules = check(name)
    (LIVE / name).write_text(rules.model_dump_json())


@app.post("/v3/rules/{name}/publish")
def publish_same_text(name: str):
    text = (RULES / name).read_text()
    RuleSet.model_validate_json(text)
    (LIVE / name).write_text(text)


@app.get("/live/{name}/limit")
def live_limit(name: str):
    return RuleSet.model_validate_json((LIVE / name).read_text()).limit
