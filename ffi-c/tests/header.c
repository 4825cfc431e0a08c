/* The header is all that this file includes, and everything that it defines is used as a program would. */
#include <corsac.h>

corsac_status use_everything(const char *bytes, size_t length);

corsac_status use_everything(const char *bytes, size_t length) {
    static const corsac_text origins[] = {CORSAC_TEXT("https://app.example.com")};
    static const corsac_list list = CORSAC_LIST(origins);
    static const char version[] = CORSAC_VERSION;
    corsac_config config = CORSAC_CONFIG_INIT;
    corsac_request request = CORSAC_REQUEST_INIT;
    corsac_fields fields = CORSAC_FIELDS_INIT;
    corsac_text absent = CORSAC_ABSENT;
    corsac_policy_error error;
    corsac_policy policy;
    corsac_decision decision;
    corsac_verdict verdict;
    uint8_t image[1024];
    size_t written;
    corsac_status status;
    config.allow_origins = list;
    request.method = absent;
    request.origin.bytes = bytes;
    request.origin.length = length;
    status = corsac_policy_compile(&config, image, sizeof(image), &written, &error);
    if (status == CORSAC_OK) {
        status = corsac_policy_open(image, written, &policy);
    }
    if (status == CORSAC_OK) {
        status = corsac_decide(&policy, &request, &decision);
    }
    if (status == CORSAC_OK) {
        status = corsac_guard(&policy, &fields, &verdict);
    }
    return version[0] == '0' && decision.fields[0].apply == CORSAC_APPLY_MERGE ? status : CORSAC_ERROR_NUMBER;
}
