package scanner

import "testing"

const coded = `
from fastapi import FastAPI, HTTPException
from redis.asyncio import Redis

codes = Redis()
app = FastAPI()
`

func TestGraveCode(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"an address is confirmed twice by the same code", "MB801 medium", `
@app.post("/confirm")
async def confirm(address: str, code: str):
    sent = await codes.get(f"code:{address}")
    if not sent or sent != code:
        raise HTTPException(401)
    await codes.delete(f"code:{address}")
    await codes.setex(f"confirmed:{address}", 600, "true")
`},
		{"a code is exchanged for what the caller brings", "MB801 high", `
@app.post("/confirm")
async def confirm(address: str, code: str, password: str):
    sent = await codes.get(f"code:{address}")
    if not sent or sent != code:
        raise HTTPException(401)
    await codes.delete(f"code:{address}")
    await codes.setex(f"password:{address}", 600, password)
`},
		{"a code lets in whom the caller names", "MB801 high", `
@app.post("/guests")
async def let_in(door: str, code: str, guest: str):
    sent = await codes.get(f"code:{door}")
    if not sent or sent != code:
        raise HTTPException(401)
    await codes.delete(f"code:{door}")
    await codes.setex(f"guest:{guest}", 600, "true")
`},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, coded+c.src, c.want) })
	}
}
