// From what a client asks to the Input that says it: one function per request type.
#pragma once

#include "server/conference.hpp"

namespace parley::server {

/// Main-bound; lives as long as one request. Every handler sees to it that the request is answered.
struct Conference::Requests {
  Conference& conference;
  signaling::ClientId client;
  signaling::RequestId request;

  void operator()(signaling::JoinRequest& join) const;
  void operator()(signaling::LeaveRequest&) const;
  void operator()(signaling::PublishRequest& publish) const;
  void operator()(signaling::UnpublishRequest& unpublish) const;
  void operator()(signaling::SubscribeRequest& subscribe) const;
  void operator()(signaling::MuteRequest& mute) const;
  void operator()(signaling::ChatRequest& chat) const;
  void operator()(signaling::OfferRequest& offer) const;
  void operator()(signaling::AnswerRequest& answer) const;
  void operator()(signaling::CandidateRequest& candidate) const;
  // ortc_requests.cpp
  void operator()(const signaling::OpenTransportRequest& open) const;
  void operator()(const signaling::ConnectTransportRequest& connect) const;
  void operator()(const signaling::ProduceRequest& produce) const;
  void operator()(const signaling::ConsumeRequest& consume) const;

 private:
  void resume(const signaling::JoinRequest& join) const;
  void fail(Error error) const;
  [[nodiscard]] ClientRecord& record() const;
  /// The member this client joined as; null (and the request answered) when it has not joined.
  [[nodiscard]] MemberRecord* joined() const;
  /// The same, of a client that speaks of its media in RTP parameters.
  [[nodiscard]] MemberRecord* joined_with_ortc() const;
};

}  // namespace parley::server
