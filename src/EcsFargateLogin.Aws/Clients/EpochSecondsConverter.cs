using System.Text.Json;
using System.Text.Json.Serialization;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>Times of the AWS JSON protocols: seconds since 1970, with a fraction.</summary>
internal sealed class EpochSecondsConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return DateTimeOffset.UnixEpoch.AddSeconds(reader.GetDouble());
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or FormatException)
        {
            throw new JsonException("The time is not a number of seconds since 1970.", exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.ToUnixTimeMilliseconds() / 1000m);
}
