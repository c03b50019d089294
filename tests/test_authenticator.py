"""The authenticator that tests use is believed by py_webauthn, so what fails against it fails for a reason."""

import json

import pytest
import webauthn
from webauthn.helpers import options_to_json
from webauthn.helpers.exceptions import InvalidAuthenticationResponse

from tests.authenticator import EDDSA, ES256, RS256, Authenticator

SITE, ORIGIN = "localhost", "http://localhost:9301"


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_what_it_makes_and_signs_is_believed(algorithm: int) -> None:
    phone = Authenticator(ORIGIN, algorithm)
    options = webauthn.generate_registration_options(rp_id=SITE, rp_name="Tearline", user_name="ana")
    made = webauthn.verify_registration_response(
        credential=phone.create(json.loads(options_to_json(options))),
        expected_challenge=options.challenge,
        expected_rp_id=SITE,
        expected_origin=ORIGIN,
        require_user_verification=True,
    )
    assert made.credential_public_key == phone.held[0].cose
    asked = webauthn.generate_authentication_options(rp_id=SITE)
    signed = phone.get(json.loads(options_to_json(asked)))
    done = webauthn.verify_authentication_response(
        credential=signed,
        expected_challenge=asked.challenge,
        expected_rp_id=SITE,
        expected_origin=ORIGIN,
        credential_public_key=made.credential_public_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    assert done.new_sign_count == 1
    with pytest.raises(InvalidAuthenticationResponse):
        webauthn.verify_authentication_response(
            credential=signed,
            expected_challenge=b"another challenge",
            expected_rp_id=SITE,
            expected_origin=ORIGIN,
            credential_public_key=made.credential_public_key,
            credential_current_sign_count=0,
        )
