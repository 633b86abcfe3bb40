"""A name is resolved once and the connection goes to the answer, or to an address that stood in place of a name; and once more by name."""
import ipaddress
import socket

import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()


def literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def open_to_all(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return found.is_global and not found.is_private


def address_of(host: str) -> str:
    if literal(host):
        if not open_to_all(host):
            raise HTTPException(422)
        return host
    for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
        address = info[4][0]
        if open_to_all(address):
            return address
    raise HTTPException(422)


@app.post("/knocks")
def knock(host: str):
    address = address_of(host)
    with socket.create_connection((address, 443), timeout=3):
        return {"open": address}


@app.post("/knocks/by-name")
def knock_by_name(host: str):
    for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
        if not open_to_all(info[4][0]):  # step MB701 check
            raise HTTPException(422)
    with socket.create_connection((host, 443), timeout=3):  # want MB701 "host"
        return {"open": host}


if __name__ == "__main__":
    uvicorn.run(app)
