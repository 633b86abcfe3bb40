"""Every operation makes its check and its act one step of the database."""

from fastapi import BackgroundTasks, Depends, Header, HTTPException
from fastapi.responses import JSONResponse
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from common import (Account, Badge, Booking, Cart, Charge, Counter, Coupon, Document, Event, Gift, Import, Invite, Job,
                    Link, Member, Note, Order, Page, Payment, Poll, Product, Purchase, Saving, Seat, Secret, Setting,
                    Subscription, Tag, Ticket, User, Vote, Voucher, Wallet, application, current_user, engine, found, get_db, row, throttle)

router = APIRouter()


def one(db: Session, table, *where, **values) -> bool:
    """UPDATE … WHERE …: whether a row was changed."""
    return db.execute(update(table).where(*where).values(**values).execution_options(synchronize_session=False)).rowcount == 1


@router.post("/orders/{id}/cancel")
def cancel_order(id: int, db: Session = Depends(get_db)):
    found(db, Order, id)
    if not one(db, Order, Order.id == id, Order.status == "open", status="cancelled", refunds=Order.refunds + 1):
        raise HTTPException(409, "not open")
    db.commit()
    return {"status": "cancelled"}


@router.post("/coupons/{code}/redeem")
def redeem_coupon(code: str, db: Session = Depends(get_db)):
    if not one(db, Coupon, Coupon.code == code, Coupon.used.is_(False), used=True, redemptions=Coupon.redemptions + 1):
        raise HTTPException(404, "no such coupon")
    db.commit()
    return {"discount": 10}


class Amount(BaseModel):
    amount: int


@router.post("/wallets/{id}/withdraw")
def withdraw(id: int, data: Amount, db: Session = Depends(get_db)):
    found(db, Wallet, id)
    if not one(db, Wallet, Wallet.id == id, Wallet.balance >= data.amount,
               balance=Wallet.balance - data.amount, paid_out=Wallet.paid_out + data.amount):
        raise HTTPException(400, "insufficient funds")
    db.commit()
    return {"paid": data.amount}


class Transfer(BaseModel):
    from_account_id: int
    to_account_id: int
    amount: int


@router.post("/transfers")
def transfer(data: Transfer, db: Session = Depends(get_db)):
    found(db, Account, data.from_account_id), found(db, Account, data.to_account_id)
    if not one(db, Account, Account.id == data.from_account_id, Account.balance >= data.amount,
               balance=Account.balance - data.amount):
        raise HTTPException(400, "insufficient funds")
    one(db, Account, Account.id == data.to_account_id, balance=Account.balance + data.amount)
    db.commit()
    return {"ok": True}


class PurchaseIn(BaseModel):
    product_id: int
    quantity: int = 1


@router.post("/purchases", status_code=201)
def purchase(data: PurchaseIn, db: Session = Depends(get_db)):
    found(db, Product, data.product_id)
    if not one(db, Product, Product.id == data.product_id, Product.stock >= data.quantity, stock=Product.stock - data.quantity):
        raise HTTPException(409, "sold out")
    x = Purchase(product_id=data.product_id, quantity=data.quantity)
    db.add(x)
    db.commit()
    return {"id": x.id}


class MemberIn(BaseModel):
    email: str


@router.post("/members", status_code=201)
def create_member(data: MemberIn, db: Session = Depends(get_db)):
    m = Member(email=data.email, guard=data.email)
    db.add(m)
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(400, "email taken")
    return row(m)


class Edit(BaseModel):
    title: str
    version: int


@router.put("/documents/{id}")
def edit_document(id: int, data: Edit, db: Session = Depends(get_db)):
    d = found(db, Document, id)
    if not one(db, Document, Document.id == id, Document.version == data.version,
               title=data.title, version=Document.version + 1, edits=Document.edits + 1):
        raise HTTPException(412, "stale version")
    db.commit()
    db.refresh(d)
    return row(d)


@router.post("/counters/{id}/increment")
def increment(id: int, db: Session = Depends(get_db)):
    found(db, Counter, id)
    one(db, Counter, Counter.id == id, hits=Counter.hits + 1)
    db.commit()
    return {"ok": True}


class TagIn(BaseModel):
    text: str


@router.post("/notes/{note_id}/tags")
def add_tag(note_id: int, data: TagIn, db: Session = Depends(get_db)):
    found(db, Note, note_id)
    db.add(Tag(note_id=note_id, text=data.text))
    db.commit()
    return {"ok": True}


class Accept(BaseModel):
    token: str


@router.post("/invites/accept")
def accept_invite(data: Accept, db: Session = Depends(get_db)):
    if not one(db, Invite, Invite.token == data.token, Invite.accepted.is_(False), accepted=True, seats=Invite.seats + 1):
        return {"ok": False, "error": "invalid invite"}  # 200 in every case
    db.commit()
    return {"ok": True, "error": None}


@router.post("/events/{id}/book", status_code=201)
def book(id: int, db: Session = Depends(get_db)):
    found(db, Event, id)
    if not one(db, Event, Event.id == id, Event.left > 0, left=Event.left - 1):
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
    db.add(Vote(poll_id=poll_id, voter=data.voter, guard=f"{poll_id}/{data.voter}"))
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(403, "voted already")
    return {"ok": True}


@router.post("/payments", status_code=201)
def pay(data: Amount, idempotency_key: str = Header(), db: Session = Depends(get_db)):
    p = Payment(key=idempotency_key, amount=data.amount, guard=idempotency_key)
    db.add(p)
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        p = db.scalar(select(Payment).where(Payment.key == idempotency_key))
    return {"id": p.id, "amount": p.amount}


@router.post("/jobs/{id}/claim")
def claim_job(id: int, db: Session = Depends(get_db)):
    found(db, Job, id)
    if not one(db, Job, Job.id == id, Job.status == "queued", status="running", claims=Job.claims + 1):
        return {"result": "busy"}
    db.commit()
    return {"result": "yours"}


@router.post("/subscriptions/{id}/upgrade")
def upgrade(id: int, db: Session = Depends(get_db)):
    found(db, Subscription, id)
    if not one(db, Subscription, Subscription.id == id, Subscription.status == "active", plan="pro", charged=Subscription.charged + 10):
        raise HTTPException(409, "not active")
    db.commit()
    return {"plan": "pro"}


@router.post("/subscriptions/{id}/end")
def end_subscription(id: int, db: Session = Depends(get_db)):
    found(db, Subscription, id)
    if not one(db, Subscription, Subscription.id == id, Subscription.status == "active", Subscription.plan == "basic", status="ended"):
        raise HTTPException(409, "only an active basic plan can end")
    db.commit()
    return {"status": "ended"}


@router.post("/carts/{cart_id}/checkout")
def checkout(cart_id: int, db: Session = Depends(get_db)):
    found(db, Cart, cart_id)
    if not one(db, Cart, Cart.id == cart_id, Cart.deleted.is_(False), Cart.checkouts == 0, checkouts=1):
        raise HTTPException(410, "gone")
    db.commit()
    return {"ok": True}


@router.delete("/carts/{cart_id}", status_code=204)
def delete_cart(cart_id: int, db: Session = Depends(get_db)):
    found(db, Cart, cart_id)
    if not one(db, Cart, Cart.id == cart_id, Cart.deleted.is_(False), Cart.checkouts == 0, deleted=True):
        raise HTTPException(410, "gone")
    db.commit()


@router.post("/savings/{id}/deposit")
def deposit(id: int, data: Amount, db: Session = Depends(get_db)):
    s = found(db, Saving, id)
    one(db, Saving, Saving.id == id, balance=Saving.balance + data.amount)
    db.commit()
    db.refresh(s)  # echoes what the row holds now: with company, no order explains this reply, and nothing is wrong
    return {"balance": s.balance}


class Pair(BaseModel):
    key: str
    value: str


@router.patch("/settings/{id}")
def patch_setting(id: int, data: Pair, db: Session = Depends(get_db)):
    for _ in range(20):
        s = found(db, Setting, id)
        if one(db, Setting, Setting.id == id, Setting.version == s.version,
               values={**s.values, data.key: data.value}, version=s.version + 1):
            db.commit()
            return {"ok": True}
        db.rollback()
    raise HTTPException(503, "busy")


class Holder(BaseModel):
    holder: str


@router.post("/seats/{id}/reserve")
def reserve(id: int, data: Holder, db: Session = Depends(get_db)):
    s = found(db, Seat, id)
    if s.holder is not None:
        raise HTTPException(409, "taken")
    if not one(db, Seat, Seat.id == id, Seat.holder.is_(None), holder=data.holder, reservations=Seat.reservations + 1):
        raise HTTPException(503, "somebody else is at it, try again")  # what a loser hears only in a race
    db.commit()
    return {"ok": True}


@router.post("/charges/{id}/capture")
def capture(id: int, db: Session = Depends(get_db)):
    found(db, Charge, id)
    if not one(db, Charge, Charge.id == id, Charge.status == "authorized", status="captured"):
        raise HTTPException(409, "not authorized")
    db.commit()
    return {"status": "captured"}


@router.post("/charges/{id}/refund")
def refund(id: int, db: Session = Depends(get_db)):
    found(db, Charge, id)
    if not one(db, Charge, Charge.id == id, Charge.status == "captured", status="refunded", refunded=Charge.refunded + 1):
        raise HTTPException(409, "not captured")
    db.commit()
    return {"status": "refunded"}


@router.post("/links/{id}/download")
def download(id: int, db: Session = Depends(get_db)):
    found(db, Link, id)
    if not one(db, Link, Link.id == id, Link.downloads < 3, downloads=Link.downloads + 1):
        raise HTTPException(403, "used up")
    db.commit()
    return {"ok": True}


@router.post("/tickets/{id}/scan", dependencies=[Depends(throttle)])
def scan_ticket(id: int, db: Session = Depends(get_db)):
    found(db, Ticket, id)
    if not one(db, Ticket, Ticket.id == id, Ticket.scanned.is_(False), scanned=True, admissions=Ticket.admissions + 1):
        raise HTTPException(409, "scanned already")
    db.commit()
    return {"ok": True}


def late_db():
    """Commits in its teardown, after the client has its answer."""
    with Session(engine) as db:
        yield db
        db.commit()


@router.post("/gifts/{id}/claim")
def claim_gift(id: int, db: Session = Depends(late_db)):
    found(db, Gift, id)
    if not one(db, Gift, Gift.id == id, Gift.claimed.is_(False), claimed=True, points=Gift.points + 50):
        raise HTTPException(409, "claimed")
    return {"points": 50}


def run_import(id: int):
    with Session(engine) as db:
        i = db.get(Import, id)
        i.status, i.runs = "done", Import.runs + 1
        db.commit()


@router.post("/imports/{id}/start", status_code=202)
def start_import(id: int, tasks: BackgroundTasks, db: Session = Depends(get_db)):
    found(db, Import, id)
    if not one(db, Import, Import.id == id, Import.status == "new", status="started"):
        raise HTTPException(409, "started")
    db.commit()
    tasks.add_task(run_import, id)
    return {"accepted": True}


class PageIn(BaseModel):
    slug: str


@router.post("/pages", status_code=201)
def create_page(data: PageIn, db: Session = Depends(get_db)):
    p = Page(slug=data.slug, guard=data.slug)
    db.add(p)
    try:
        db.commit()
    except IntegrityError:
        return JSONResponse({"detail": "slug taken"}, 400)
    return row(p)


@router.get("/secrets/{secret_id}/reveal")
def reveal(secret_id: int, db: Session = Depends(get_db)):
    s = found(db, Secret, secret_id)
    if not one(db, Secret, Secret.id == secret_id, Secret.revealed == 0, revealed=1):
        raise HTTPException(410, "shown once already")
    value = s.value
    db.commit()
    return {"value": value}


@router.post("/me/claim-bonus")
def claim_bonus(user: User = Depends(current_user), db: Session = Depends(get_db)):
    if not one(db, User, User.id == user.id, User.claimed.is_(False), claimed=True, bonus=User.bonus + 5):
        raise HTTPException(409, "claimed")
    db.commit()
    return {"bonus": 5}


class VoucherIn(BaseModel):
    code: str


@router.post("/vouchers", status_code=201)
def create_voucher(data: VoucherIn, db: Session = Depends(get_db)):
    v = Voucher(code=data.code, left=1)
    db.add(v)
    db.commit()
    return row(v)


@router.post("/vouchers/{code}/spend")
def spend_voucher(code: str, db: Session = Depends(get_db)):
    if db.scalar(select(Voucher).where(Voucher.code == code)) is None:
        raise HTTPException(404, "no such voucher")
    if not one(db, Voucher, Voucher.code == code, Voucher.left > 0, left=Voucher.left - 1, spent=Voucher.spent + 1):
        raise HTTPException(409, "spent")
    db.commit()
    return {"ok": True}


class Entry(BaseModel):
    door: str


@router.post("/badges/{id}/enter")
def enter(id: int, data: Entry, db: Session = Depends(get_db)):
    if not one(db, Badge, Badge.id == id, Badge.active.is_(True), entries=Badge.entries + 1):
        raise HTTPException(403, "badge revoked")
    db.commit()
    return {"open": data.door}


@router.post("/badges/{id}/revoke")
def revoke_badge(id: int, db: Session = Depends(get_db)):
    b = found(db, Badge, id)
    b.active = False
    db.commit()
    return {"active": False}


app = application(router)
