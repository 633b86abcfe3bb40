"""The name is resolved for the test, and again for the request."""
import ipaddress
import socket

import aiohttp
import requests
from fastapi import FastAPI, HTTPException

app = FastAPI()


def forbid_private(host: str) -> None:
    for *_, address in socket.getaddrinfo(host, 443):
        if ipaddress.ip_address(address[0]).is_private:  # step MB701 check
            raise HTTPException(400)


@app.post("/webhooks/test")
def test_webhook(host: str):
    forbid_private(host)
    answer = requests.post(f"https://{host}/hook", json={"ping": 1}, allow_redirects=False)  # want MB701 "host"
    return {"status": answer.status_code}


class PublicOnly(aiohttp.ThreadedResolver):
    async def resolve(self, host, port=0, family=socket.AF_INET):
        found = await super().resolve(host, port, family)
        if any(ipaddress.ip_address(entry["host"]).is_private for entry in found):
            raise OSError("private address")
        return found


@app.post("/v2/webhooks/test")
async def test_webhook_resolver(host: str):
    if host.replace(".", "").isdigit() or ":" in host:
        raise HTTPException(400, "a name, not an address")
    connector = aiohttp.TCPConnector(resolver=PublicOnly())
    async with aiohttp.ClientSession(connector=connector) as client:
        async with client.post(f"https://{host}/hook", allow_redirects=False) as answer:
            return {"status": answer.status}
