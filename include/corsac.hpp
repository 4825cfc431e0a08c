/*
 * corsac.hpp: corsac.h with the types of C++17 and later. corsac.h is the manual; what is missing here is called there.
 *
 * Nothing here owns anything but the standard containers that it returns. Texts are borrowed as in C: what a text, a
 * list or a decision was made of has to stay while it is used.
 */
#ifndef CORSAC_HPP
#define CORSAC_HPP

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "corsac.h"

namespace corsac {

// A text to read. Absent and empty are the same here; where that matters, look at its bytes.
inline std::string_view view(corsac_text text)
{
    return text.bytes == nullptr ? std::string_view() : std::string_view(text.bytes, text.length);
}

// A text to pass: there, and perhaps empty. CORSAC_ABSENT is the text that is not there.
inline corsac_text text(std::string_view view)
{
    return {view.data() == nullptr ? "" : view.data(), view.size()};
}

// A string that is gone after the call is not taken.
template <class T> using if_string = std::enable_if_t<std::is_same_v<T, std::string>, int>;
template <class T, if_string<T> = 0> corsac_text text(T &&) = delete;

// A field of a request.
inline corsac_field field(std::string_view name, std::string_view value)
{
    return {text(name), text(value)};
}
template <class T, if_string<T> = 0> corsac_field field(std::string_view, T &&) = delete;

// A list of the texts in an array, a std::array or a std::vector, which has to stay; so a temporary is not taken.
template <class Texts> corsac_list list(const Texts &texts)
{
    return {std::data(texts), std::size(texts)};
}
template <class Texts> corsac_list list(const Texts &&texts) = delete;

// The configuration that allows nothing, to begin with.
inline corsac_config config()
{
    return CORSAC_CONFIG_INIT;
}

// Compiles into the vector, which is empty on failure. CORSAC_ERROR_POLICY: the error says why.
inline corsac_status compile(const corsac_config &config, std::vector<std::uint8_t> &image, corsac_policy_error &error)
{
    std::size_t length = 0;
    corsac_status status = corsac_policy_compile(&config, nullptr, 0, &length, &error);
    if (status == CORSAC_OK) {
        image.resize(length);
        status = corsac_policy_compile(&config, image.data(), image.size(), &length, &error);
    }
    if (status != CORSAC_OK) {
        image.clear();
    }
    return status;
}

// Decides on a request by its fields, in an array, a std::array or a std::vector. On failure, which a policy that was
// not opened is, the decision is to respond with 500 and no field.
template <class Fields>
corsac_decision decide(const corsac_policy &policy, std::string_view method, const Fields &fields)
{
    corsac_fields request = CORSAC_FIELDS_INIT;
    request.method = text(method);
    request.fields = std::data(fields);
    request.field_count = std::size(fields);
    corsac_decision decision;
    corsac_decide_fields(&policy, &request, &decision);
    return decision;
}

// The fields of a decision: for (const corsac_response_field &field : corsac::fields(decision)).
struct response_fields {
    const corsac_decision &decision;
    const corsac_response_field *begin() const { return decision.fields; }
    const corsac_response_field *end() const { return decision.fields + decision.field_count; }
};
inline response_fields fields(const corsac_decision &decision)
{
    return {decision};
}
response_fields fields(const corsac_decision &&decision) = delete;

// What a function of corsac.h writes, which is first asked how much; empty on failure.
template <class Write> std::string written(Write write)
{
    std::string text;
    std::size_t length = 0;
    if (write(nullptr, length, &length) == CORSAC_OK) {
        text.resize(length);
        if (write(text.data(), text.size(), &length) != CORSAC_OK) {
            text.clear();
        }
    }
    return text;
}

// What is wrong with a configuration, and what to write instead.
inline std::string describe(const corsac_config &config, const corsac_policy_error &error)
{
    return written([&](char *buffer, std::size_t capacity, std::size_t *length) {
        return corsac_describe_error(&config, &error, buffer, capacity, length);
    });
}

// The fields of a decision as lines of HTTP/1.1.
inline std::string write_fields(const corsac_decision &decision)
{
    return written([&](char *buffer, std::size_t capacity, std::size_t *length) {
        return corsac_write_fields(&decision, buffer, capacity, length);
    });
}

// The value of Vary that says what the application's says and what the decision's does.
inline std::string merge_vary(std::string_view application, std::string_view decision)
{
    return written([&](char *buffer, std::size_t capacity, std::size_t *length) {
        return corsac_merge_vary(text(application), text(decision), buffer, capacity, length);
    });
}

// What a status says, and the name of a refusal for logs; both are constants.
inline std::string_view status_text(corsac_status status)
{
    return view(corsac_status_text(status));
}
inline std::string_view refusal_name(std::uint8_t refusal)
{
    return view(corsac_refusal_name(refusal));
}

} // namespace corsac

#endif
