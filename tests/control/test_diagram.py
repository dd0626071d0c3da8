"""The timeline as a sequence diagram."""

from __future__ import annotations

from mock_odus.timeline import Line, diagram


def test_a_cascade_is_drawn(api):
    """Each gateway is a participant, asked and answering; what else happens is a note."""
    rule = {"name": "EU is short", "when": {"position": 1}, "then": "insufficient_funds"}
    api.made("/_mock/rules", rule)
    payment = api.paid()
    drawn = api.get(f"/_mock/timeline?payment={payment['id']}&format=mermaid").text.splitlines()

    assert ["sequenceDiagram", "    participant Odus"] == drawn[:2]
    arrows = [line.strip() for line in drawn if "->>" in line]
    assert ["Odus->>G1", "G1-->>Odus", "Odus->>G2", "G2-->>Odus"] == [arrow.split(":")[0] for arrow in arrows]
    assert "says insufficient_funds to 50.00 USD ← rule 'EU is short'" in arrows[1]
    assert "approves 50.00 USD" in arrows[3]
    assert 2 == sum(line.startswith("    Note over Odus: 2026-01-01 00:00:00 payment.") for line in drawn)


def test_no_text_ends_the_diagram():
    """What means something to Mermaid is written as the character that it is."""
    line = Line("2026-01-01T00:00:00.000Z", "attempt", "authorize", "pay_x", "a;b\n#c <d>", None, "bad", 'x"; end')

    assert [
        "sequenceDiagram",
        "    participant Odus",
        "    participant G1 as x#quot;#59; end",
        "    Odus->>G1: 2026-01-01 00:00:00 authorize",
        "    G1-->>Odus: a#59;b #35;c #lt;d#gt;",
    ] == diagram([line]).splitlines()
