"""requests follows redirects when nothing is said."""
from urllib.parse import urlsplit

import requests
from fastapi import FastAPI, HTTPException

app = FastAPI()
ALLOWED = {"images.example", "cdn.example"}


def forbid_foreign(url: str) -> None:
    if urlsplit(url).hostname not in ALLOWED:  # step MB702 check
        raise HTTPException(400)


@app.get("/image-size")
def image_size(url: str):
    forbid_foreign(url)
    return {"size": len(requests.get(url, timeout=5).content)}  # want MB702 "redirect"


@app.get("/v2/image-size")
def image_size_first_hop(url: str):
    forbid_foreign(url)
    return {"size": len(requests.get(url, timeout=5, allow_redirects=False).content)}


@app.get("/v3/image-size")
def image_size_each_hop(url: str):
    for _ in range(5):
        forbid_foreign(url)
        answer = requests.get(url, timeout=5, allow_redirects=False)
        if not answer.is_redirect:
            return {"size": len(answer.content)}
        url = answer.headers["Location"]
    raise HTTPException(400)
