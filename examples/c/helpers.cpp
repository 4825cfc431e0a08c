// The helpers of corsac.hpp, each used and held to what it says. Prints "ok".

#include <array>
#include <cstdlib>
#include <iostream>

#include <corsac.hpp>

namespace {

// As assert, which a release build leaves out.
void hold(bool truth, const char *what)
{
    if (!truth) {
        std::cerr << "not so: " << what << '\n';
        std::exit(1);
    }
}

#define HOLD(truth) hold(truth, #truth)

corsac_policy opened(const std::vector<std::uint8_t> &image)
{
    corsac_policy policy;
    const corsac_status status = corsac_policy_open(image.data(), image.size(), &policy);
    HOLD(corsac::status_text(status) == corsac::status_text(CORSAC_OK));
    return policy;
}

void preflight(const corsac_policy &policy)
{
    const std::array fields{
        corsac::field("origin", "https://app.example.com"),
        corsac::field("access-control-request-method", "PUT"),
    };
    const corsac_decision decision = corsac::decide(policy, "OPTIONS", fields);
    HOLD(decision.status == 204 && decision.allowed);
    std::string by_hand;
    for (const corsac_response_field &field : corsac::fields(decision)) {
        by_hand.append(corsac::view(field.name)).append(": ").append(corsac::view(field.value)).append("\r\n");
    }
    HOLD(by_hand == corsac::write_fields(decision));
    HOLD(by_hand.find("Access-Control-Allow-Origin: https://app.example.com\r\n") != std::string::npos);
}

void refusals(const corsac_policy &policy)
{
    const std::vector<corsac_field> fields{corsac::field("Origin", "https://app.example.com.evil.example")};
    const corsac_decision refused = corsac::decide(policy, "GET", fields);
    HOLD(refused.status == 0 && !refused.allowed);
    HOLD(corsac::refusal_name(refused.refusal) == "origin-not-allowed");
    HOLD(corsac::write_fields(refused) == "Vary: Origin\r\n");

    const corsac_decision absent = corsac::decide(policy, "GET", std::vector<corsac_field>());
    HOLD(absent.kind == CORSAC_KIND_NOT_CORS && absent.refusal == 0);

    const corsac_policy never_opened{};
    const corsac_decision failed = corsac::decide(never_opened, "GET", fields);
    HOLD(failed.status == 500 && corsac::write_fields(failed).empty());
}

void texts()
{
    HOLD(corsac::view(CORSAC_ABSENT).empty());
    HOLD(corsac::text(std::string_view()).bytes != nullptr);
    HOLD(corsac::merge_vary("Accept-Encoding", "Origin") == "Accept-Encoding, Origin");
    HOLD(corsac::merge_vary("origin", "Origin") == "origin");
    HOLD(corsac::merge_vary("*", "Origin") == "*");
}

} // namespace

int main()
{
    const std::array origins{corsac::text("https://app.example.com")};
    const corsac_text methods[] = {CORSAC_TEXT("PUT")};
    corsac_config config = corsac::config();
    config.allow_origins = corsac::list(origins);
    config.allow_methods = corsac::list(methods);

    std::vector<std::uint8_t> image;
    corsac_policy_error error;
    HOLD(corsac::compile(config, image, error) == CORSAC_OK);
    const corsac_policy policy = opened(image);
    preflight(policy);
    refusals(policy);
    texts();

    const std::array bad{corsac::text("https://app.example.com/")};
    config.allow_origins = corsac::list(bad);
    HOLD(corsac::compile(config, image, error) == CORSAC_ERROR_POLICY && image.empty());
    HOLD(corsac::describe(config, error).find("allow_origins") != std::string::npos);

    std::cout << "ok\n";
}
