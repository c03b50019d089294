"""The form by which a second person stands by an agreement that one person recorded."""

from tearline.facts.history import about
from tearline.facts.identifiers import AgreementId
from tearline.facts.parties import AgreementEndorsed, AgreementSigned
from tearline.folds.agreements import agreements, terms_sha256
from tearline.rooms.parties.agreements import EndorseAgreement
from tearline.web.asked import Asked
from tearline.web.look import code
from tearline.web.parties.agreements import page_question, view
from tearline.web.visit import Visit, absent


def endorse(visit: Visit) -> Asked:
    """The terms as they stand on record, and their hash, which is what is signed."""
    visit.own_side()
    say, name = visit.say, AgreementId(visit.identifier("agreement"))
    known = visit.read(lambda so_far: page_question(so_far, name) | about(kinds=(AgreementSigned,)))
    page = view(say, known, name, visit.node.protocols, visit.now)
    recorded = agreements(known)[name].recorded if page is not None else None
    if page is None or recorded is None or recorded.told is not None:
        raise absent()
    sha256 = terms_sha256(recorded.fact.terms)
    return Asked(
        title=say("Endorse the agreement"),
        submit=say("Endorse it"),
        command=EndorseAgreement,
        kind=AgreementEndorsed,
        allowed=EndorseAgreement.allowed,
        then=f"/agreements/{name}",
        trail=[("/parties", say("Parties")), (f"/agreements/{name}", page.name)],
        lead=say(
            "Whoever recorded it cannot do this. You say that these are the terms that both sides agreed upon."
        ),
        before=say(
            "From then on releases may rest on it. Your signature is recorded and cannot be taken back."
        ),
        grave=True,
        fixed={"agreement": name, "terms_sha256": sha256},
        about=[*page.facts, *page.parameters, (say("SHA-256 of the terms"), code(sha256))],
    )
