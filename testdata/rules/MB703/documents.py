"""Documents of another service, changed by whole replacement."""
from typing import Annotated

import httpx
import requests
from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
BASE = "https://registry.example"


@app.post("/devices/{device}/labels/{label}")
def label(device: str, label: str):
    found = requests.get(f"{BASE}/devices/{device}").json()  # step MB703 read
    found["labels"].append(label)
    requests.put(f"{BASE}/devices/{device}", json=found)  # want MB703 "device"


class Registry:
    def __init__(self) -> None:
        self.client = httpx.AsyncClient(base_url=BASE)

    async def read(self, path: str) -> dict:
        return (await self.client.get(path)).json()  # step MB703 read

    async def replace(self, path: str, document: dict, tag: str | None = None) -> None:
        headers = {"If-Match": tag} if tag else {}
        await self.client.put(path, json=document, headers=headers)  # want MB703 "group"


@app.post("/groups/{group}/members/{member}")
async def join(group: str, member: str, registry: Annotated[Registry, Depends(Registry)]):
    document = await registry.read(f"/groups/{group}")
    document["members"].append(member)
    await registry.replace(f"/groups/{group}", document)


@app.post("/quotas/{team}")
def raise_quota(team: str, by: int):
    url = "https://quota.example/teams/" + team
    answer = requests.get(url)  # step MB703 read
    quota = answer.json()
    requests.put(url, json={"limit": quota["limit"] + by}, headers={"If-Match": "*"})  # want MB703 "team"


@app.post("/v2/sites/{device}/labels/{label}")
def label_matching(device: str, label: str):
    answer = requests.get(f"{BASE}/sites/{device}")
    found = answer.json()
    found["labels"].append(label)
    written = requests.put(f"{BASE}/sites/{device}", json=found, headers={"If-Match": answer.headers["ETag"]})
    if written.status_code == 412:
        raise HTTPException(409)


@app.put("/profiles/{name}")
def replace_whole(name: str, text: str):
    requests.put(f"{BASE}/profiles/{name}", json={"text": text})


@app.post("/profiles/{name}/copy")
def copy_elsewhere(name: str, to: str):
    found = requests.get(f"{BASE}/archive/{name}").json()
    requests.put(f"{BASE}/archives/{to}", json=found)


@app.post("/counters/{name}")
def count_there(name: str):
    requests.post(f"{BASE}/counters/{name}/increment")
