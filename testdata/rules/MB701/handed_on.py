"""Nobody in sight calls the deliveries: they are picked by their kind. What a method hands on to the one that it overrides is no call of
anybody, and where a request goes may lie in a mapping that is unpacked."""
import ipaddress
import json
import socket
from urllib.parse import urlparse

import httpx
from fastapi import FastAPI

app = FastAPI()


def must_be_public(url: str) -> None:
    address = socket.gethostbyname(urlparse(url).hostname)
    if ipaddress.ip_address(address).is_private:
        raise ValueError(url)


class Delivery:
    async def deliver_parcel(self, parcel: str) -> None:
        raise NotImplementedError


class Logged(Delivery):
    async def deliver_parcel(self, parcel: str) -> None:
        if parcel:
            print(parcel)
        await super().deliver_parcel(parcel)


class ByWeb(Delivery):
    def __init__(self, template: str, private: bool):
        self.template = template
        self.private = private

    async def deliver_parcel(self, parcel: str) -> None:
        settings = json.loads(self.template)
        if not self.private:
            must_be_public(settings["url"])
        async with httpx.AsyncClient() as client:
            await client.request(**settings)  # want MB701


class Pinned(httpx.AsyncHTTPTransport):
    async def handle_async_request(self, request):
        must_be_public(str(request.url))
        return await super().handle_async_request(request)


class ByGuardedWeb(Delivery):
    def __init__(self, template: str, private: bool):
        self.template = template
        self.private = private

    async def deliver_parcel(self, parcel: str) -> None:
        settings = json.loads(self.template)
        if not self.private:
            must_be_public(settings["url"])
        async with httpx.AsyncClient(transport=Pinned()) as client:
            await client.request(**settings)
