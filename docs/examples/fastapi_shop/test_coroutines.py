"""The same app, asked from the event loop of a coroutine: with pytest-asyncio, and with anyio's own plugin.

What brings webhooks about is awaited in a thread, so that the app can take them meanwhile.
"""

from asyncio import to_thread

import httpx
import pytest
import pytest_asyncio

from shop import create_app


@pytest_asyncio.fixture
async def shop(odus, monkeypatch):
    app = create_app()
    monkeypatch.setenv("SHOP_PLAN", odus.ids["pro_monthly"])
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as client,
    ):

        async def hear(body, headers):
            return await client.post("/webhooks/odus", content=body, headers=headers)

        monkeypatch.setenv("ODUS_WEBHOOK_SECRET", odus.on_webhook(hear).secret)
        yield client


async def join(shop):
    return (await shop.post("/members", json={"email": "sam@example.com"})).json()["payment"]


async def sam(shop):
    return (await shop.get("/members/sam@example.com")).json()


@pytest.mark.asyncio
async def test_a_membership_is_renewed(odus, shop):
    await to_thread(odus.pay, payment=await join(shop))
    assert await sam(shop) == {"until": "2026-02-01T00:00:00.000Z", "owes": False}
    await to_thread(odus.advance, by="1 month")
    assert await sam(shop) == {"until": "2026-03-01T00:00:00.000Z", "owes": False}


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_an_order_is_declined(odus):
    """Without webhooks nothing holds up the loop, and a plain call will do where nobody else is to have a turn."""
    app = create_app()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as shop,
    ):
        order = (await shop.post("/orders", json={"amount": 4900})).json()["payment"]
        assert odus.pay(payment=order, card="4000000000009995").displayStatus == "failed"
        assert "try another card" in (await shop.get("/thanks", params={"payment": order})).text
