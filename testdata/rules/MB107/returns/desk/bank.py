import httpx


class Bank:
    async def pay_out(self, iban: str, cents: int) -> None:
        async with httpx.AsyncClient(base_url="https://bank.example") as client:
            (await client.post("/payouts", json={"iban": iban, "cents": cents})).raise_for_status()


bank = Bank()
