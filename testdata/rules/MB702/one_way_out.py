"""A helper that returns only what is allowed, and raises for everything else: its return is a decision like any other."""
from urllib.parse import urlparse

import requests
from fastapi import Depends, FastAPI, HTTPException

GALLERIES = frozenset({"gallery.example", "atelier.example"})
app = FastAPI()


def gallery(url: str) -> str:
    if urlparse(url).hostname in GALLERIES:  # step MB702 check
        return url
    raise HTTPException(400, "unknown gallery")


def matched(url: str) -> str:
    parsed = urlparse(url)
    match (parsed.scheme, parsed.hostname):
        case ("https", host) if host in GALLERIES:  # step MB702 check
            return url
        case _:
            raise HTTPException(400, "unknown gallery")


def any_url(url: str) -> str:
    if urlparse(url).hostname in GALLERIES:
        return url
    return url.lower()


@app.get("/picture")
def picture(url: str = Depends(gallery)):
    return requests.get(url).text  # want MB702 "url"


@app.get("/matched-picture")
def matched_picture(url: str = Depends(matched)):
    return requests.get(url).text  # want MB702 "url"


@app.get("/still-picture")
def still_picture(url: str = Depends(gallery)):
    return requests.get(url, allow_redirects=False).text


@app.get("/any-picture")
def any_picture(url: str = Depends(any_url)):
    return requests.get(url).text
