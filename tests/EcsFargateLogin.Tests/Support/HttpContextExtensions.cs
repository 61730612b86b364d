using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EcsFargateLogin.Tests.Support;

/// <summary>The kinds of answers that AWS gives.</summary>
internal static class HttpContextExtensions
{
    internal const string RequestId = "7f3c1d2e-0000-4000-8000-0123456789ab";

    internal static async Task AnswerAsync(
        this HttpContext context, string body, int status = 200, string contentType = "application/x-amz-json-1.1")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.Headers["x-amzn-RequestId"] = RequestId;
        await context.Response.WriteAsync(body);
    }

    internal static Task AnswerErrorAsync(this HttpContext context, string code, string message, int status = 400) =>
        context.AnswerAsync(JsonSerializer.Serialize(new { __type = code, message }), status);

    internal static Task AnswerEc2ErrorAsync(this HttpContext context, string code, string message, int status = 400) =>
        context.AnswerAsync(
            "<?xml version=\"1.0\"?><Response>"
                + $"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
                + $"<RequestID>{RequestId}</RequestID></Response>",
            status,
            "text/xml;charset=UTF-8");
}
