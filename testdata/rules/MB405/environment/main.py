"""Vote once: the list of those who voted is in each of two workers."""
from fastapi import FastAPI, Header, HTTPException

app = FastAPI()


class Ballot:
    voted: set[str] = set()
    yes = 0

    def vote(self, who: str, yes: bool) -> None:
        if who in self.voted:  # step MB405 check
            raise HTTPException(409)
        self.voted.add(who)  # want MB405 "voted"


ballot = Ballot()


@app.post("/votes")
async def vote(yes: bool, x_user: str = Header()):
    ballot.vote(x_user, yes)
