"""Every operation checks, then acts on what it believes."""

from fastapi import BackgroundTasks, Depends, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from common import (Account, Badge, Booking, Cart, Charge, Counter, Coupon, Document, Event, Gift, Import, Invite, Job,
                    Link, Member, Note, Order, Page, Payment, Poll, Product, Purchase, Saving, Seat, Secret, Setting,
                    Subscription, Ticket, User, Vote, Voucher, Wallet, application, current_user, engine, found, get_db, row, throttle)

router = APIRouter()


@router.post("/orders/{id}/cancel")
def cancel_order(id: int, db: Session = Depends(get_db)):
    o = found(db, Order, id)
    if o.status != "open":
        raise HTTPException(409, "not open")
    o.status = "cancelled"
    o.refunds = Order.refunds + 1
    db.commit()
    return {"status": "cancelled"}


@router.post("/coupons/{code}/redeem")
def redeem_coupon(code: str, db: Session = Depends(get_db)):
    c = db.scalar(select(Coupon).where(Coupon.code == code, Coupon.used.is_(False)))
    if c is None:
        raise HTTPException(404, "no such coupon")  # also for a coupon that was used
    c.used = True
    c.redemptions = Coupon.redemptions + 1
    db.commit()
    return {"discount": 10}


class Amount(BaseModel):
    amount: int


@router.post("/wallets/{id}/withdraw")
def withdraw(id: int, data: Amount, db: Session = Depends(get_db)):
    w = found(db, Wallet, id)
    if w.balance < data.amount:
        raise HTTPException(400, "insufficient funds")
    w.balance = w.balance - data.amount
    w.paid_out = Wallet.paid_out + data.amount
    db.commit()
    return {"paid": data.amount}


class Transfer(BaseModel):
    from_account_id: int
    to_account_id: int
    amount: int


@router.post("/transfers")
def transfer(data: Transfer, db: Session = Depends(get_db)):
    a, b = found(db, Account, data.from_account_id), found(db, Account, data.to_account_id)
    if a.balance < data.amount:
        raise HTTPException(400, "insufficient funds")
    a.balance = a.balance - data.amount
    b.balance = Account.balance + data.amount
    db.commit()
    return {"ok": True}


class PurchaseIn(BaseModel):
    product_id: int
    quantity: int = 1


@router.post("/purchases", status_code=201)
def purchase(data: PurchaseIn, db: Session = Depends(get_db)):
    p = found(db, Product, data.product_id)
    if p.stock < data.quantity:
        raise HTTPException(409, "sold out")
    p.stock = Product.stock - data.quantity
    x = Purchase(product_id=p.id, quantity=data.quantity)
    db.add(x)
    db.commit()
    return {"id": x.id}


class MemberIn(BaseModel):
    email: str


@router.post("/members", status_code=201)
def create_member(data: MemberIn, db: Session = Depends(get_db)):
    if db.scalar(select(Member).where(Member.email == data.email)):
        raise HTTPException(400, "email taken")
    m = Member(email=data.email)
    db.add(m)
    db.commit()
    return row(m)


class Edit(BaseModel):
    title: str
    version: int


@router.put("/documents/{id}")
def edit_document(id: int, data: Edit, db: Session = Depends(get_db)):
    d = found(db, Document, id)
    if d.version != data.version:
        raise HTTPException(412, "stale version")
    d.title, d.version, d.edits = data.title, d.version + 1, Document.edits + 1
    db.commit()
    return row(d)


@router.post("/counters/{id}/increment")
def increment(id: int, db: Session = Depends(get_db)):
    c = found(db, Counter, id)
    c.hits = c.hits + 1
    db.commit()
    return {"ok": True}


class TagIn(BaseModel):
    text: str


@router.post("/notes/{note_id}/tags")
def add_tag(note_id: int, data: TagIn, db: Session = Depends(get_db)):
    n = found(db, Note, note_id)
    n.tags = n.tags + [data.text]
    db.commit()
    return {"ok": True}


class Accept(BaseModel):
    token: str


@router.post("/invites/accept")
def accept_invite(data: Accept, db: Session = Depends(get_db)):
    i = db.scalar(select(Invite).where(Invite.token == data.token))
    if i is None or i.accepted:
        return {"ok": False, "error": "invalid invite"}  # 200 in every case
    i.accepted = True
    i.seats = Invite.seats + 1
    db.commit()
    return {"ok": True, "error": None}


@router.post("/events/{id}/book", status_code=201)
def book(id: int, db: Session = Depends(get_db)):
    e = found(db, Event, id)
    if db.scalar(select(func.count()).select_from(Booking).where(Booking.event_id == id)) >= e.capacity:
        raise HTTPException(409, "full")
    b = Booking(event_id=id)
    db.add(b)
    db.commit()
    return row(b)


class VoteIn(BaseModel):
    voter: str


@router.post("/polls/{poll_id}/vote")
def vote(poll_id: int, data: VoteIn, db: Session = Depends(get_db)):
    found(db, Poll, poll_id)
    if db.scalar(select(Vote).where(Vote.poll_id == poll_id, Vote.voter == data.voter)):
        raise HTTPException(403, "voted already")
    db.add(Vote(poll_id=poll_id, voter=data.voter))
    db.commit()
    return {"ok": True}


@router.post("/payments", status_code=201)
def pay(data: Amount, idempotency_key: str = Header(), db: Session = Depends(get_db)):
    p = db.scalar(select(Payment).where(Payment.key == idempotency_key))
    if p is None:
        p = Payment(key=idempotency_key, amount=data.amount)
        db.add(p)
        db.commit()
    return {"id": p.id, "amount": p.amount}


@router.post("/jobs/{id}/claim")
def claim_job(id: int, db: Session = Depends(get_db)):
    j = found(db, Job, id)
    if j.status != "queued":
        return {"result": "busy"}
    j.status = "running"
    j.claims = Job.claims + 1
    db.commit()
    return {"result": "yours"}


@router.post("/subscriptions/{id}/upgrade")
def upgrade(id: int, db: Session = Depends(get_db)):
    s = found(db, Subscription, id)
    if s.status != "active":
        raise HTTPException(409, "not active")
    s.plan = "pro"
    s.charged = Subscription.charged + 10
    db.commit()
    return {"plan": "pro"}


@router.post("/subscriptions/{id}/end")
def end_subscription(id: int, db: Session = Depends(get_db)):
    s = found(db, Subscription, id)
    if s.status != "active" or s.plan != "basic":
        raise HTTPException(409, "only an active basic plan can end")
    s.status = "ended"
    db.commit()
    return {"status": "ended"}


@router.post("/carts/{cart_id}/checkout")
def checkout(cart_id: int, db: Session = Depends(get_db)):
    c = found(db, Cart, cart_id)
    if c.deleted or c.checkouts:
        raise HTTPException(410, "gone")
    c.checkouts = Cart.checkouts + 1
    db.commit()
    return {"ok": True}


@router.delete("/carts/{cart_id}", status_code=204)
def delete_cart(cart_id: int, db: Session = Depends(get_db)):
    c = found(db, Cart, cart_id)
    if c.deleted or c.checkouts:
        raise HTTPException(410, "gone")
    c.deleted = True
    db.commit()


@router.post("/savings/{id}/deposit")
def deposit(id: int, data: Amount, db: Session = Depends(get_db)):
    s = found(db, Saving, id)
    s.balance = s.balance + data.amount
    db.commit()
    return {"balance": s.balance}


class Pair(BaseModel):
    key: str
    value: str


@router.patch("/settings/{id}")
def patch_setting(id: int, data: Pair, db: Session = Depends(get_db)):
    s = found(db, Setting, id)
    s.values = {**s.values, data.key: data.value}
    db.commit()
    return {"ok": True}


class Holder(BaseModel):
    holder: str


@router.post("/seats/{id}/reserve")
def reserve(id: int, data: Holder, db: Session = Depends(get_db)):
    s = found(db, Seat, id)
    if s.holder is not None:
        raise HTTPException(409, "taken")
    s.holder = data.holder
    s.reservations = Seat.reservations + 1
    db.commit()
    return {"ok": True}


@router.post("/charges/{id}/capture")
def capture(id: int, db: Session = Depends(get_db)):
    c = found(db, Charge, id)
    if c.status != "authorized":
        raise HTTPException(409, "not authorized")
    c.status = "captured"
    db.commit()
    return {"status": c.status}


@router.post("/charges/{id}/refund")
def refund(id: int, db: Session = Depends(get_db)):
    c = found(db, Charge, id)
    if c.status != "captured":
        raise HTTPException(409, "not captured")
    c.status = "refunded"
    c.refunded = Charge.refunded + 1
    db.commit()
    return {"status": "refunded"}


@router.post("/links/{id}/download")
def download(id: int, db: Session = Depends(get_db)):
    x = found(db, Link, id)
    if x.downloads >= 3:
        raise HTTPException(403, "used up")
    x.downloads = Link.downloads + 1
    db.commit()
    return {"ok": True}


@router.post("/tickets/{id}/scan", dependencies=[Depends(throttle)])
def scan_ticket(id: int, db: Session = Depends(get_db)):
    t = found(db, Ticket, id)
    if t.scanned:
        raise HTTPException(409, "scanned already")
    t.scanned = True
    t.admissions = Ticket.admissions + 1
    db.commit()
    return {"ok": True}


def late_db():
    """Commits in its teardown, after the client has its answer."""
    with Session(engine) as db:
        yield db
        db.commit()


@router.post("/gifts/{id}/claim")
def claim_gift(id: int, db: Session = Depends(late_db)):
    g = found(db, Gift, id)
    if g.claimed:
        raise HTTPException(409, "claimed")
    g.claimed = True
    g.points = Gift.points + 50
    return {"points": 50}


def run_import(id: int):
    with Session(engine) as db:
        i = db.get(Import, id)
        i.status, i.runs = "done", Import.runs + 1
        db.commit()


@router.post("/imports/{id}/start", status_code=202)
def start_import(id: int, tasks: BackgroundTasks, db: Session = Depends(get_db)):
    i = found(db, Import, id)
    if i.status != "new":
        raise HTTPException(409, "started")
    i.status = "started"
    db.commit()
    tasks.add_task(run_import, id)
    return {"accepted": True}


class PageIn(BaseModel):
    slug: str


@router.post("/pages", status_code=201)
def create_page(data: PageIn, db: Session = Depends(get_db)):
    if db.scalar(select(Page).where(Page.slug == data.slug)):
        return JSONResponse({"detail": "slug taken"}, 400)
    p = Page(slug=data.slug)
    db.add(p)
    db.commit()
    return row(p)


@router.get("/secrets/{secret_id}/reveal")
def reveal(secret_id: int, db: Session = Depends(get_db)):
    s = found(db, Secret, secret_id)
    if s.revealed:
        raise HTTPException(410, "shown once already")
    s.revealed = Secret.revealed + 1
    db.commit()
    return {"value": s.value}


@router.post("/me/claim-bonus")
def claim_bonus(user: User = Depends(current_user), db: Session = Depends(get_db)):
    if user.claimed:
        raise HTTPException(409, "claimed")
    user.claimed = True
    user.bonus = User.bonus + 5
    db.commit()
    return {"bonus": 5}


class VoucherIn(BaseModel):
    code: str


@router.post("/vouchers", status_code=201)
def create_voucher(data: VoucherIn, db: Session = Depends(get_db)):
    v = Voucher(code=data.code)
    db.add(v)
    db.commit()  # from here on it can be spent, and nothing says how often
    v.left = 1
    db.commit()
    return row(v)


@router.post("/vouchers/{code}/spend")
def spend_voucher(code: str, db: Session = Depends(get_db)):
    v = db.scalar(select(Voucher).where(Voucher.code == code))
    if v is None:
        raise HTTPException(404, "no such voucher")
    if v.left is not None:
        if not db.execute(update(Voucher).where(Voucher.id == v.id, Voucher.left > 0).values(left=Voucher.left - 1)).rowcount:
            raise HTTPException(409, "spent")
    db.execute(update(Voucher).where(Voucher.id == v.id).values(spent=Voucher.spent + 1))
    db.commit()
    return {"ok": True}


class Entry(BaseModel):
    door: str


@router.post("/badges/{id}/enter")
def enter(id: int, data: Entry, db: Session = Depends(get_db)):
    b = found(db, Badge, id)
    b.entries = Badge.entries + 1
    db.commit()
    return {"open": data.door}


@router.post("/badges/{id}/revoke")
def revoke_badge(id: int, db: Session = Depends(get_db)):
    b = found(db, Badge, id)
    b.active = False
    db.commit()
    return {"active": False}


app = application(router)


@app.middleware("http")
async def only_active_badges(request: Request, call_next):
    parts = request.url.path.split("/")
    if len(parts) == 4 and parts[1] == "badges" and parts[3] == "enter":
        with Session(engine) as db:
            b = db.get(Badge, int(parts[2]))
            if b is None or not b.active:
                return JSONResponse({"detail": "badge revoked"}, 403)
    return await call_next(request)
