"""The independent judge of the app's two filters."""

from tests.targets.oracle import Judge
from tests.targets.oracle_values import compare


class ShopJudge(Judge):
    """Knows the rows of the app, by the person's public id."""

    def __init__(self, people, t, orders, notices) -> None:
        super().__init__(people, t, {})
        self.orders, self.notices = orders, notices

    def at(self, t):
        return ShopJudge(self.people, t, self.orders, self.notices)

    def _order_paid(self, node, one):
        asked = node.get("amount")
        found = [
            row
            for row in self.orders.get(one.public_id, ())
            if self.in_window(row["paid_at"], node.get("window"))
            and not (row["rejected_at"] and row["rejected_at"] <= self.t)
            and (node.get("method", "any") == "any" or row["method"] in node["method"])
            and (
                not asked
                or (
                    row["currency"] == asked["currency"]
                    and compare(row["amount"], asked["op"], asked["value"])
                )
            )
        ]
        return self.often(len(found), node)

    def _notice_unread(self, node, one):
        found = [
            row
            for row in self.notices.get(one.public_id, ())
            if self.in_window(row["sent_at"], node.get("window"))
            and not (row["opened_at"] and row["opened_at"] <= self.t)
            and (node.get("campaign", "any") == "any" or row["campaign"] in node["campaign"])
        ]
        return self.often(len(found), node)
