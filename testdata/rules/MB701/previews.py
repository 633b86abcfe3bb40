"""Names resolved for a test, in several spellings, and fetched by name or by address."""
import asyncio
import ipaddress
import socket
import urllib.request
from typing import Annotated
from urllib.parse import urlparse, urlsplit

import aiohttp
import dns.resolver
import httpx
import requests
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, HttpUrl

app = FastAPI()


class Hook(BaseModel):
    target: HttpUrl


async def forbid_inside(host: str) -> None:
    loop = asyncio.get_running_loop()
    for entry in await loop.getaddrinfo(host, None):
        if ipaddress.ip_address(entry[4][0]).is_private:  # step MB701 check
            raise HTTPException(400)


@app.post("/hooks")
async def add_hook(body: Hook):
    await forbid_inside(body.target.host)
    async with httpx.AsyncClient() as client:
        await client.post(str(body.target))  # want MB701 "target"


def is_public(host: str) -> bool:
    answers = dns.resolver.resolve(host, "A")
    return all(ipaddress.ip_address(str(a)).is_global for a in answers)


@app.get("/title")
def title(url: str):
    if not is_public(urlparse(url).hostname):  # step MB701 check
        raise HTTPException(400)
    return requests.get(url, allow_redirects=False).text  # want MB701 "url"


@app.get("/feed")
def feed(url: str):
    address = ipaddress.ip_address(socket.gethostbyname(urlsplit(url).hostname))
    if address.is_private or address.is_loopback:  # step MB701 check
        raise HTTPException(400)
    with httpx.Client() as client:
        return client.get(url).text  # want MB701 "url"


class Fetcher:
    def __init__(self) -> None:
        self.session = aiohttp.ClientSession()

    async def fetch(self, url: str) -> str:
        host = urlsplit(url).hostname
        found = await asyncio.to_thread(socket.getaddrinfo, host, 443)
        if any(ipaddress.ip_address(f[4][0]).is_private for f in found):  # step MB701 check
            raise HTTPException(400)
        async with self.session.get(url, allow_redirects=False) as answer:  # want MB701 "url"
            return await answer.text()


@app.get("/page")
async def page(url: str, fetcher: Annotated[Fetcher, Depends(Fetcher)]):
    return await fetcher.fetch(url)


@app.get("/v2/feed")
def feed_pinned(url: str):
    parts = urlsplit(url)
    address = socket.gethostbyname(parts.hostname)
    if ipaddress.ip_address(address).is_private:
        raise HTTPException(400)
    return requests.get(f"http://{address}{parts.path}", headers={"Host": parts.hostname}, allow_redirects=False).text


class Tested(httpx.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        address = socket.gethostbyname(request.url.host)
        if ipaddress.ip_address(address).is_private:
            raise httpx.ConnectError("inside")
        request.url = request.url.copy_with(host=address)
        return await super().handle_async_request(request)


@app.get("/v3/feed")
async def feed_transport(url: str):
    await forbid_inside(urlsplit(url).hostname)
    async with httpx.AsyncClient(transport=Tested()) as client:
        return (await client.get(url)).text


@app.get("/v4/feed")
def feed_proxied(url: str):
    if not is_public(urlsplit(url).hostname):
        raise HTTPException(400)
    return requests.get(url, proxies={"https": "http://egress:3128"}, allow_redirects=False).text


@app.get("/resolves")
def resolves(host: str):
    try:
        return {"address": socket.gethostbyname(host)}
    except socket.gaierror:
        raise HTTPException(404) from None


@app.get("/status")
def status():
    return requests.get("https://status.example/api", allow_redirects=False).json()
