using Akka.Actor;

namespace Akka.Dispatch;

/// <summary>Work for a dispatcher.</summary>
public interface IRunnable
{
    void Run();
}

/// <summary>An action as work for a dispatcher.</summary>
public sealed class ActionRunnable(Action action) : IRunnable, IThreadPoolWorkItem
{
    public void Run() => action();

    void IThreadPoolWorkItem.Execute() => action();
}
