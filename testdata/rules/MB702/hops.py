"""Clients that follow redirects, by default, by their making or by the call, after a test of the first URL."""
import urllib.request
from typing import Annotated
from urllib.parse import urlparse, urlsplit

import aiohttp
import httpx
import requests
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, HttpUrl, field_validator

TRUSTED = {"cdn.example", "img.example"}
app = FastAPI()


def trusted(url: str) -> str:
    if urlparse(url).netloc not in TRUSTED:  # step MB702 check
        raise HTTPException(400)
    return url


@app.get("/by-session")
def by_session(url: str):
    trusted(url)
    with requests.Session() as session:
        return session.get(url).text  # want MB702 "url"


@app.get("/by-making")
async def by_making(url: str):
    trusted(url)
    async with httpx.AsyncClient(follow_redirects=True) as client:
        return (await client.get(url)).text  # want MB702 "url"


@app.get("/by-call")
async def by_call(url: str):
    trusted(url)
    async with httpx.AsyncClient() as client:
        return (await client.get(url, follow_redirects=True)).text  # want MB702 "url"


@app.get("/by-aiohttp")
async def by_aiohttp(url: str):
    trusted(url)
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as answer:  # want MB702 "url"
            return await answer.text()


@app.get("/by-urllib")
def by_urllib(url: str):
    trusted(url)
    return urllib.request.urlopen(url).read()  # want MB702 "url"


@app.get("/v2/by-session")
def session_stays(url: str):
    trusted(url)
    return requests.get(url, allow_redirects=False).text


@app.get("/v2/by-making")
async def httpx_stays(url: str):
    trusted(url)
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).text


@app.get("/v2/by-aiohttp")
async def aiohttp_stays(url: str):
    trusted(url)
    async with aiohttp.ClientSession() as session:
        async with session.get(url, allow_redirects=False) as answer:
            return await answer.text()


@app.get("/v2/by-hook")
async def each_hop(url: str):
    trusted(url)

    async def test(request: httpx.Request) -> None:
        trusted(str(request.url))

    async with httpx.AsyncClient(follow_redirects=True, event_hooks={"request": [test]}) as client:
        return (await client.get(url)).text


@app.get("/scheme")
def scheme_only(url: str):
    if urlsplit(url).scheme != "https":
        raise HTTPException(400)
    return requests.get(url).text


@app.get("/partners")
def partners():
    return requests.get("https://cdn.example/partners.json").json()
