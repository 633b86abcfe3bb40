"""The tenant of a request in an object that all requests share."""
from contextvars import ContextVar

import httpx
import uvicorn
from fastapi import Depends, FastAPI, Header

app = FastAPI()
tenant: ContextVar[str] = ContextVar("tenant")


class Billing:
    def __init__(self) -> None:
        self.tenant: str | None = None

    async def invoice(self, cents: int) -> None:
        async with httpx.AsyncClient() as client:
            rate = (await client.get("https://rates.example/eur")).json()
            await client.post(f"https://billing.example/{self.tenant}", json={"cents": cents * rate})


class ContextBilling:
    async def invoice(self, cents: int) -> None:
        async with httpx.AsyncClient() as client:
            await client.post(f"https://billing.example/{tenant.get()}", json={"cents": cents})


billing = Billing()
context_billing = ContextBilling()


async def enter_tenant(x_tenant: str = Header()) -> None:
    tenant.set(x_tenant)


@app.post("/invoices")
async def invoice(cents: int, x_tenant: str = Header()):
    billing.tenant = x_tenant  # want MB407 "tenant"
    await billing.invoice(cents)


@app.post("/v2/invoices", dependencies=[Depends(enter_tenant)])
async def invoice_in_context(cents: int):
    await context_billing.invoice(cents)


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
