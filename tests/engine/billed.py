"""A shop that sells by subscription, for the tests of what is billed."""

from mock_odus.engine import dunning, invoices, plan_changes, retry_policies, subscriptions
from mock_odus.engine.billing import Invoice, PlanPreview, Subscription
from mock_odus.engine.billing_bodies import (
    ApplyPreview,
    CreateRetryPolicy,
    CreateRetryStep,
    PreviewPlan,
    UpdateInvoice,
    UpdateSubscription,
)
from mock_odus.engine.bodies import (
    CreateBillingSchedule,
    CreateCart,
    CreateCartItem,
    CreateCycleDefinition,
)
from mock_odus.engine.gateways import Declined
from mock_odus.engine.records import Payment
from tests.engine.conftest import Shop

NO = Declined("insufficient_funds")


def ids(*records):
    return [one.id for one in records]


class BilledShop(Shop):
    """What is said of a subscription or an invoice is said of it as it is now, whatever record of it is given."""

    def read(self, record):
        return self.world.get(type(record), record.id)

    def listed(self, kind, ids):
        return [self.world.get(kind, id) for id in ids]

    @property
    def bundles(self):
        """What each renewal's payment pays for: the ids of its subscriptions."""
        payments = self.world.table(Payment).values()
        return [list(one.subscriptions) for one in payments if one.off_session_type == "recurring"]

    # --- what is sold

    def plan(self, *cycles, fee=None, **fields):
        """A recurring price of these cycles, each an amount by the month, or `(amount, unit, value)`."""
        described = [(cycle, "month", 1) if isinstance(cycle, int) else cycle for cycle in cycles]
        schedule = [CreateCycleDefinition(position, *cycle) for position, cycle in enumerate(described, 1)]
        return self.price(fee, type="recurring", billing_schedule=CreateBillingSchedule(schedule), **fields)

    def subscribe(self, price, *answers, quantity=1, by=(), **fields):
        """The subscription that is born of a cart with that price. `by` is what `authorize` is given besides."""
        cart = CreateCart([CreateCartItem(price.id, quantity)])
        payment = self.create(None, currency=price.currency, cart=cart, **fields)
        paid = self.authorize(payment, *answers, **dict(by))
        return self.world.get(Subscription, paid.subscriptions[0])

    def policy(self, *delays, **fields):
        """The id of a retry policy with these delays; what else is given holds for each of its steps."""
        steps = [CreateRetryStep(position, delay, **fields) for position, delay in enumerate(delays, 1)]
        return retry_policies.create(self.world, CreateRetryPolicy("A policy", steps)).id

    # --- what becomes of it

    def advance(self, target, *answers):
        """To an instant, while gateways answer as listed."""
        self.gateway.answers = list(answers)
        return self.world.advance(target)

    def renew(self, subscription, *answers):
        """To the end of its period, while gateways answer as listed. The subscription then."""
        self.advance(self.read(subscription).current_period_end, *answers)
        return self.read(subscription)

    def change(self, subscription, **fields):
        return subscriptions.update(self.world, self.read(subscription), UpdateSubscription(**fields))

    def end(self, subscription, *, now=False):
        return dunning.cancel(self.world, self.read(subscription), immediately=now)

    def resume(self, subscription):
        return subscriptions.resume(self.world, self.read(subscription))

    # --- invoices

    def latest(self, subscription):
        """Its latest invoice."""
        return self.world.get(Invoice, self.read(subscription).latest_invoice)

    def invoices(self, subscription):
        return self.world.related(Invoice, "subscription", subscription.id)

    def charged(self, subscription):
        """The payment of its latest invoice."""
        return self.world.get(Payment, self.latest(subscription).payment)

    def settle(self, invoice, *answers):
        """Pays by hand."""
        self.gateway.answers = list(answers)
        return dunning.pay(self.world, self.read(invoice))

    def void(self, invoice):
        return dunning.void(self.world, self.read(invoice))

    def label(self, invoice, **fields):
        return invoices.update(self.world, self.read(invoice), UpdateInvoice(**fields))

    # --- changes of plan

    def preview(self, subscription, price):
        return plan_changes.preview(self.world, self.read(subscription), PreviewPlan(price.id))

    def apply(self, subscription, preview, *answers):
        """A preview, or an id that may be one's."""
        self.gateway.answers = list(answers)
        id = preview.id if isinstance(preview, PlanPreview) else preview
        return plan_changes.apply(self.world, self.read(subscription), ApplyPreview(id))

    def move(self, subscription, price):
        """To another plan. The subscription then."""
        return self.apply(subscription, self.preview(subscription, price)).subscription
