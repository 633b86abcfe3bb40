"""A host that is looked up and judged, and then looked up once more by an opener of the standard library."""
import ipaddress
import socket
import urllib.request
from urllib.parse import urlparse

from fastapi import FastAPI, HTTPException

app = FastAPI()


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def is_public(url: str) -> bool:
    host = urlparse(url).hostname
    if not host:
        return False
    return ipaddress.ip_address(socket.gethostbyname(host)).is_global


@app.get("/cover")
def cover(url: str):
    if not is_public(url):  # step MB701 check
        raise HTTPException(400)
    with urllib.request.build_opener(Stay()).open(url, timeout=5) as answer:  # want MB701 "url"
        return {"bytes": len(answer.read())}
