#include "pipelines/transport_sdp.hpp"

#include <string>
#include <string_view>

namespace parley::pipelines {
namespace {

/// What webrtcbin is told of a peer that keeps its credentials to itself: it wants some, and does
/// nothing with them.
constexpr const char* kUnknownUfrag = "unknown";
constexpr const char* kUnknownPassword = "unknownunknownunknown012";

std::string attribute(const GstSDPMedia& media, const char* key) {
  const char* value = gst_sdp_media_get_attribute_val(&media, key);
  return value != nullptr ? value : "";
}

void remove_attributes(GstSDPMedia& media, std::string_view key) {
  for (guint i = gst_sdp_media_attributes_len(&media); i-- > 0;)
    if (key == gst_sdp_media_get_attribute(&media, i)->key)
      gst_sdp_media_remove_attribute(&media, i);
}

void set_attribute(GstSDPMedia& media, const char* key, const std::string& value) {
  remove_attributes(media, key);
  gst_sdp_media_add_attribute(&media, key, value.c_str());
}

}  // namespace

Result<LocalParameters> local_parameters(const GstSDPMessage& offer) {
  if (gst_sdp_message_medias_len(&offer) == 0)
    return Error{"pipeline_error", "webrtcbin's offer has no m-line."};
  const GstSDPMedia& media = *gst_sdp_message_get_media(&offer, 0);
  LocalParameters local{attribute(media, "ice-ufrag"), attribute(media, "ice-pwd"),
                        attribute(media, "fingerprint")};
  if (local.ufrag.empty() || local.password.empty() || local.fingerprint.empty())
    return Error{"pipeline_error", "webrtcbin's offer lacks ICE credentials or a fingerprint."};
  return local;
}

SdpMessage make_answer(const GstSDPMessage& offer, const RemoteParameters& remote) {
  // By way of text: attributes without a value are null in webrtcbin's own offer, but have to be
  // empty in a description it is given.
  const GString_ text(gst_sdp_message_as_text(&offer));
  GstSDPMessage* copy = nullptr;
  gst_sdp_message_new_from_text(text.get(), &copy);
  SdpMessage answer(copy);
  // The message owns its media in an array that the API hands out as const.
  auto& media = const_cast<GstSDPMedia&>(*gst_sdp_message_get_media(answer.get(), 0));
  const bool told = !remote.ufrag.empty();
  set_attribute(media, "ice-ufrag", told ? remote.ufrag : kUnknownUfrag);
  set_attribute(media, "ice-pwd", told ? remote.password : kUnknownPassword);
  set_attribute(media, "fingerprint",
                remote.fingerprints.empty() ? "" : remote.fingerprints.front());
  set_attribute(media, "setup", remote.dtls_server ? "passive" : "active");
  remove_attributes(media, "candidate");
  if (gst_sdp_media_get_attribute_val(&media, "recvonly") != nullptr) {
    remove_attributes(media, "recvonly");
    set_attribute(media, "sendonly", "");
  }
  return answer;
}

}  // namespace parley::pipelines
