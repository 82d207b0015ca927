"""What the vendor's library for Python does with a server: one function for each command."""

import datetime
import json
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import ChatGrant
from twilio.request_validator import RequestValidator
from twilio.rest import Client

FLOW_SID = "FW" + "0" * 32
LONG_AGO = datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)


def walk(url, account_sid, auth_token):
    """Every operation of version 2 that needs no device."""
    client = Client(account_sid, auth_token)
    client.chat.base_url = url
    chat = client.chat.v2
    service = walk_service(chat)
    walk_roles(service)
    walk_users(service)
    credential = walk_credentials(chat)
    walk_bindings(service)
    walk_channels(service)
    walk_members(service)
    walk_messages(service)
    walk_errors(service)
    walk_user_channels(service)
    walk_invites(service)
    walk_webhooks(service)
    walk_deletions(chat, service, credential)
    print("done")


def walk_service(chat):
    made = chat.services.create(friendly_name="desk")
    assert [service.sid for service in chat.services.list()] == [made.sid]
    changed = made.update(
        friendly_name="help desk",
        post_webhook_url="https://example.com/hook",
        webhook_filters=["onMessageSent", "onChannelAdded"],
        reachability_enabled=True,
        limits_channel_members=500,
    )
    assert changed.webhook_filters == ["onMessageSent", "onChannelAdded"]
    assert changed.limits == {"channel_members": 500, "user_channels": 250}
    assert made.fetch().reachability_enabled is True
    return chat.services(made.sid)


def walk_roles(service):
    role = service.roles.create(friendly_name="guest", type="channel", permission=["leaveChannel"])
    assert len(service.roles.list()) == 5
    permissions = ["sendMessage", "leaveChannel"]
    assert role.update(permission=permissions).permissions == permissions
    assert role.fetch().permissions == permissions
    assert role.delete() is True


def walk_users(service):
    attributes = json.dumps({"city": "Zürich"})
    alice = service.users.create(identity="alice", attributes=attributes, x_twilio_webhook_enabled="true")
    service.users.create(identity="bob")
    assert alice.attributes == attributes
    assert [user.identity for user in service.users.list()] == ["alice", "bob"]
    assert alice.update(friendly_name="Alice").friendly_name == "Alice"
    assert service.users("alice").fetch().sid == alice.sid


def walk_credentials(chat):
    credential = chat.credentials.create(type="fcm", friendly_name="phones", secret="key")
    assert [each.sid for each in chat.credentials.list()] == [credential.sid]
    assert credential.update(friendly_name="tablets").friendly_name == "tablets"
    assert credential.fetch().type == "fcm"
    return credential


def walk_bindings(service):
    assert service.bindings.list(binding_type=["fcm", "apn"], identity=["alice", "bob"]) == []
    assert service.users("bob").user_bindings.list(binding_type=["fcm"]) == []


def walk_channels(service):
    lobby = service.channels.create(unique_name="lobby", type="private", date_created=LONG_AGO)
    assert (lobby.type, lobby.date_created) == ("private", LONG_AGO)
    assert service.channels.list(type=["public"]) == []
    assert [channel.sid for channel in service.channels.list(type=["public", "private"])] == [lobby.sid]
    assert service.channels("lobby").update(attributes='{"a":1}').attributes == '{"a":1}'
    assert lobby.fetch().unique_name == "lobby"


def walk_members(service):
    members = service.channels("lobby").members
    alice = members.create(identity="alice")
    members.create(identity="dave", last_consumed_message_index=3, last_consumption_timestamp=LONG_AGO)
    assert [member.identity for member in members.list(identity=["dave"])] == ["dave"]
    assert members("dave").fetch().last_consumption_timestamp == LONG_AGO
    assert alice.update(attributes='{"a":1}').attributes == '{"a":1}'
    assert members("dave").delete() is True


def walk_messages(service):
    messages = service.channels("lobby").messages
    for index in range(60):
        last = messages.create(from_="alice", body=f"message {index}")
    assert [message.index for message in messages.stream(page_size=7)] == list(range(60))
    assert [message.index for message in messages.list(order="desc", limit=2)] == [59, 58]
    first = messages.page(page_size=50)
    second = first.next_page()
    assert [message.index for message in second] == list(range(50, 60))
    assert [message.index for message in second.previous_page()] == list(range(50))
    assert next(messages.get_page(first.next_page_url)).index == 50
    assert last.update(body="edited").was_edited is True
    assert last.fetch().body == "edited"
    assert last.delete() is True


def walk_errors(service):
    assert refusal_of(lambda: service.channels("nowhere").fetch()) == (404, 20404)
    assert refusal_of(lambda: service.channels.create(unique_name="lobby")) == (409, 50307)
    assert refusal_of(lambda: service.users("alice").update(attributes="{")) == (400, 50304)


def refusal_of(call):
    try:
        call()
    except TwilioRestException as error:
        assert error.msg
        return (error.status, error.code)
    raise AssertionError("not refused")


def walk_user_channels(service):
    user_channels = service.users("alice").user_channels
    assert [channel.status for channel in user_channels.list()] == ["joined"]
    changed = user_channels("lobby").update(notification_level="muted", last_consumed_message_index=5)
    assert (changed.notification_level, changed.unread_messages_count) == ("muted", 53)
    assert user_channels("lobby").fetch().last_consumed_message_index == 5


def walk_invites(service):
    invites = service.channels("lobby").invites
    invite = invites.create(identity="bob")
    assert [each.sid for each in invites.list(identity=["bob"])] == [invite.sid]
    assert invite.fetch().created_by == "system"
    assert invite.delete() is True


def walk_webhooks(service):
    webhooks = service.channels("lobby").webhooks
    webhook = webhooks.create(type="studio", configuration_flow_sid=FLOW_SID)
    assert webhook.update(configuration_retry_count=2).configuration == {"flow_sid": FLOW_SID, "retry_count": 2}
    assert [each.sid for each in webhooks.list()] == [webhook.sid]
    assert webhook.fetch().type == "studio"
    assert webhook.delete() is True


def walk_deletions(chat, service, credential):
    assert service.users("alice").user_channels("lobby").delete() is True
    assert service.users("alice").delete() is True
    assert service.channels("lobby").delete() is True
    assert service.channels.list() == []
    assert credential.delete() is True
    assert chat.services(service.fetch().sid).delete() is True
    assert chat.services.list() == []


def token(account_sid, key_sid, secret, service_sid, identity):
    """An access token as a back end makes it."""
    made = AccessToken(account_sid, key_sid, secret, identity=identity)
    made.add_grant(ChatGrant(service_sid=service_sid))
    text = made.to_jwt()
    print(text if isinstance(text, str) else text.decode())


def validate(auth_token, url, parameters, signature):
    """Whether a webhook was signed with this token."""
    print(RequestValidator(auth_token).validate(url, json.loads(parameters), signature))


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    {"walk": walk, "token": token, "validate": validate}[command](*arguments)
