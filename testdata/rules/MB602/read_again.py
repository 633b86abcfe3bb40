"""The file is validated, and then read again."""
import json
import subprocess
from pathlib import Path

from fastapi import FastAPI
from pydantic import BaseModel, Field

PLANS = Path("/srv/plans")
app = FastAPI()
limits: dict[str, int] = {}


class Plan(BaseModel):
    seats: int = Field(gt=0, le=500)


@app.put("/plans/{plan_id}")
def put(plan_id: int, text: str):
    (PLANS / f"{plan_id}.json").write_text(text)


@app.get("/plans/{plan_id}/seats")
def seats(plan_id: int):
    path = PLANS / f"{plan_id}.json"
    Plan.model_validate_json(path.read_text())  # step MB602 check
    return {"seats": json.loads(path.read_text())["seats"]}  # want MB602 "plan|path"


@app.get("/v2/plans/{plan_id}/seats")
def seats_validated(plan_id: int):
    plan = Plan.model_validate_json((PLANS / f"{plan_id}.json").read_text())
    return {"seats": plan.seats}


@app.post("/plans/{plan_id}/print")
def print_plan(plan_id: int):
    path = PLANS / f"{plan_id}.json"
    Plan.model_validate_json(path.read_text())  # step MB602 check
    subprocess.run(["printer", "--plan", str(path)], check=True)  # want MB602 "plan|path"


@app.post("/v2/plans/{plan_id}/print")
def print_validated(plan_id: int):
    plan = Plan.model_validate_json((PLANS / f"{plan_id}.json").read_text())
    subprocess.run(["printer", "--plan", "-"], input=plan.model_dump_json().encode(), check=True)
