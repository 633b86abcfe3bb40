"""Synchronous redis behind a small class."""
import redis
from fastapi import Depends, FastAPI, HTTPException


class Quota:
    def __init__(self) -> None:
        self.client = redis.Redis(decode_responses=True)

    def used(self, team: str) -> int:
        return int(self.client.get(f"quota:{team}") or 0)  # step MB801 read

    def use(self, team: str, units: int) -> None:
        self.client.set(f"quota:{team}", self.used(team) + units)  # want MB801 "quota"

    def try_use(self, team: str, units: int) -> bool:
        if self.client.incrby(f"spend:{team}", units) > 1000:
            self.client.decrby(f"spend:{team}", units)
            return False
        return True


quota = Quota()
app = FastAPI()


def get_quota() -> Quota:
    return quota


@app.post("/teams/{team}/renders")
def render(team: str, units: int, quota: Quota = Depends(get_quota)):
    if quota.used(team) + units > 1000:  # step MB801 check
        raise HTTPException(429)
    quota.use(team, units)


@app.post("/v2/teams/{team}/renders")
def render_counted(team: str, units: int, quota: Quota = Depends(get_quota)):
    if not quota.try_use(team, units):
        raise HTTPException(429)
